"""The voucher room's pages: issuing once, papers, handing over, the loss desk, and what anybody's phone shows."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from love_market.clock import village_instant
from love_market.db import new_id, reading, transaction
from love_market.ledger import queries as books
from love_market.vouchers import loss, queries
from love_market.vouchers.queries import VoucherFace
from love_market.vouchers.rules import State
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.vouchers import made


@pytest.fixture
def chair(client: FlaskClient, village: Village) -> FlaskClient:
    sign_in(client, village.chair)
    return client


@pytest.fixture
def issued(village: Village, clock: Clock) -> list[VoucherFace]:
    """Vouchers of 35, 20 and 8 points."""
    with transaction() as session:
        return made.vouchers(session, village, (35, 20, 8), clock())


def url(village: Village, rest: str = "") -> str:
    """Return an address of the voucher room."""
    return f"/v/{village.code}/vouchers{rest}"


def face(village: Village, voucher_id: UUID, clock: Clock) -> VoucherFace:
    """Return what the books say of a voucher now."""
    with reading() as session:
        return queries.face(session, village.chair, voucher_id, at=clock())


def test_an_empty_room_says_what_to_do(chair: FlaskClient, village: Village) -> None:
    page = chair.get(url(village)).text
    assert "现在没有等着发券的积分" in page
    assert "还没有发过券" in page
    assert "/issue/" not in page
    assert chair.get(url(village, "/issue/2026Q3")).location.endswith("/vouchers")


def test_issuing_asks_once_and_pressed_twice_it_is_one_batch(
    chair: FlaskClient, village: Village, clock: Clock
) -> None:
    with transaction() as session:
        made.award(session, village, dict(zip(village.households, (35, 53), strict=False)), clock())
    page = chair.get(url(village)).text
    assert url(village, "/issue/2026Q3") in page
    asks = chair.get(url(village, "/issue/2026Q3")).text
    for said in ("2026年第三季度发券", "2 户", "<b>88</b>", "一户一张", "2027年4月30日", "确认发券"):
        assert said in asks
    found = re.search(r'name="key"[^>]*value="([^"]+)"', asks)
    assert found is not None
    answers = [chair.post(url(village, "/issue/2026Q3"), data={"key": found[1]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location == url(village, f"/batches/{found[1]}")
    page = chair.get(answers[0].location).text
    assert "券已发出，共 2 张" in page
    again = chair.post(url(village, "/issue/2026Q3"), data={"key": str(new_id())})
    assert again.status_code == 409
    assert "没有等着发券的积分" in again.text
    with reading() as session:
        assert queries.reconciliation(session, village.market_id).issued == 88


def test_a_quarter_that_is_none_is_told(chair: FlaskClient, village: Village) -> None:
    assert chair.get(url(village, "/issue/2026Q9")).status_code == 422


def test_handing_over_keeps_what_was_marked_and_marks_once(
    chair: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]
) -> None:
    at = url(village, f"/batches/{issued[0].batch_id}")
    page = chair.get(at).text
    assert page.count('name="voucher"') == 3
    nothing = chair.post(at, data={"key": str(new_id())})
    assert (nothing.status_code, "还没有勾" in nothing.text) == (422, True)
    unclear = chair.post(at, data={"key": str(new_id()), "voucher": ["x"]})
    assert (unclear.status_code, "看不清" in unclear.text) == (422, True)
    long = chair.post(at, data={"key": str(new_id()), "voucher": [str(issued[1].id)], "proxy": "长" * 41})
    assert long.status_code == 422
    assert re.search(rf'value="{issued[1].id}" checked', long.text)
    nobody = {"key": str(new_id()), "voucher": [str(issued[1].id)], "relation": "child", "on_paper": "y"}
    unnamed = chair.post(at, data=nobody)
    assert (unnamed.status_code, "请写代领人的姓名" in unnamed.text) == (422, True)
    sent = {
        "key": str(new_id()),
        "voucher": [str(issued[0].id), str(issued[1].id)],
        "proxy": "孔小满",
        "relation": "child",
        "on_paper": "y",
    }
    assert "已记下：领走 2 张" in chair.post(at, data=sent, follow_redirects=True).text
    assert face(village, issued[0].id, clock).state is State.HANDED_OVER
    page = chair.get(at).text
    assert page.count('name="voucher"') == 1
    assert 'aria-label="2/3 张已领"' in page
    only = chair.get(at + "?group=二组").text
    assert "姚改" in only
    assert "孔振明" not in only


def test_papers_of_a_batch_are_pdfs(chair: FlaskClient, village: Village, issued: list[VoucherFace]) -> None:
    for name in ("sheet.pdf", "sign-for.pdf"):
        paper = chair.get(url(village, f"/batches/{issued[0].batch_id}/{name}"))
        assert (paper.status_code, paper.mimetype, paper.data[:4]) == (200, "application/pdf", b"%PDF")
    assert chair.get(url(village, f"/batches/{new_id()}/sheet.pdf")).status_code == 404


def test_one_voucher_tells_its_story(chair: FlaskClient, village: Village, issued: list[VoucherFace]) -> None:
    page = chair.get(url(village, f"/{issued[0].id}")).text
    for said in ("孔振明", "券号 2026-3-0001", "2027年4月30日", "这张券能用", "待领取", "发券", "冻结", "补发", "作废"):
        assert said in page
    code = issued[0].short_code
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in page
    assert chair.get(url(village, f"/{new_id()}")).status_code == 404


def test_freezing_and_giving_back(
    chair: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]
) -> None:
    at = url(village, f"/{issued[0].id}")
    unsaid = chair.post(f"{at}/freeze", data={"key": str(new_id()), "reason": " "})
    assert (unsaid.status_code, "请写明原因" in unsaid.text) == (422, True)
    frozen = chair.post(f"{at}/freeze", data={"key": str(new_id()), "reason": "赶集丢了"}, follow_redirects=True).text
    assert "这张券现在谁也不能用" in frozen
    assert "这张券已经冻结：赶集丢了" in frozen
    assert f"{at}/unfreeze" in frozen
    given = chair.post(f"{at}/unfreeze", data={"key": str(new_id()), "reason": "找到了"}, follow_redirects=True).text
    assert "这张券又能用了" in given
    assert face(village, issued[0].id, clock).refusal is None


def test_a_reissue_asks_once_and_leads_to_the_new_paper(
    chair: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]
) -> None:
    at = url(village, f"/{issued[0].id}")
    asks = chair.get(f"{at}/reissue").text
    for said in ("补发券 2026-3-0001", "001 孔振明", "<b>35</b>", "不能撤回", "确认补发"):
        assert said in asks
    key = str(new_id())
    for _ in range(2):
        done = chair.post(f"{at}/reissue", data={"key": key, "reason": "找不到"})
        assert done.location == url(village, f"/batches/{key}")
    assert "2026-3-0004" in chair.get(url(village, f"/batches/{key}")).text
    assert "新券 2026-3-0004" in chair.get(at).text
    again = chair.post(f"{at}/void", data={"key": str(new_id()), "reason": "再来"})
    assert (again.status_code, "现在是“已作废”" in again.text) == (409, True)
    assert face(village, UUID(key), clock).balance_points == 35


def test_a_void_asks_once(chair: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]) -> None:
    at = url(village, f"/{issued[2].id}")
    assert "积分也不再退回" in chair.get(f"{at}/void").text
    page = chair.post(f"{at}/void", data={"key": str(new_id()), "reason": "户已迁走"}, follow_redirects=True).text
    assert "这张券已经作废：户已迁走" in page
    assert "挂失和补发" not in page
    room = chair.get(url(village)).text
    assert "对得上" in room
    with reading() as session:
        assert queries.reconciliation(session, village.market_id).void == 8


def test_expired_vouchers_are_let_lapse_from_the_room(
    chair: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]
) -> None:
    assert "转入到期" not in chair.get(url(village)).text
    clock.at = village_instant(issued[0].expires_on.replace(month=5, day=1))
    assert "过期的券上还有 63 分" in chair.get(url(village)).text
    assert "3 张" in chair.get(url(village, "/lapse")).text
    key = str(new_id())
    page = chair.post(url(village, "/lapse"), data={"key": key}, follow_redirects=True).text
    assert "已转入到期一栏：63 分" in page
    assert chair.post(url(village, "/lapse"), data={"key": key}).status_code == 302
    with reading() as session:
        assert queries.reconciliation(session, village.market_id).lapsed == 63


def test_search_finds_and_says_when_not(chair: FlaskClient, village: Village, issued: list[VoucherFace]) -> None:
    assert "002 姚改" in chair.get(url(village, "?q=姚")).text
    assert "没有找到“赵钱孙”" in chair.get(url(village, "?q=赵钱孙")).text
    assert "&lt;script&gt;" in chair.get(url(village, "?q=<script>")).text


@pytest.mark.parametrize(
    "path", ["", "/issue/2026Q3", "/lapse", "/batches/{batch}", "/batches/{batch}/sheet.pdf", "/{one}"]
)
def test_the_clerk_has_no_business_here(
    client: FlaskClient, village: Village, issued: list[VoucherFace], path: str
) -> None:
    sign_in(client, village.clerk)
    filled = path.format(batch=issued[0].batch_id, one=issued[0].id)
    assert client.get(url(village, filled)).status_code == 403


def test_anybodys_phone_shows_what_is_left_and_no_name(
    client: FlaskClient, village: Village, clock: Clock, issued: list[VoucherFace]
) -> None:
    with reading() as session:
        token = made.token_of(session, village.market_id, issued[0])
        before = books.head(session, village.market_id).number
    for path in (f"/Q/{token}", f"/q/{token}", f"/q/{token.lower()}"):
        page = client.get(path)
        assert page.status_code == 200
        for said in ("孔**家的积分券", "守口堡村爱心超市", "真券，能用", "35"):
            assert said in page.text
        assert "孔振明" not in page.text
    with transaction() as session:
        loss.freeze(session, village.chair, issued[0].id, reason="丢了", at=clock())
        assert books.head(session, village.market_id).number == before
    frozen = client.get(f"/Q/{token}").text
    assert "已经冻结" in frozen
    assert "能用。到爱心超市" not in frozen


def test_a_code_that_is_no_voucher_is_told_so(client: FlaskClient, village: Village, issued: list[VoucherFace]) -> None:
    with reading() as session:
        token = made.token_of(session, village.market_id, issued[0])
    assert client.get("/q/hello").status_code == 422
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "EE")
    assert client.get(f"/Q/{forged}").status_code == 422
    stranger = made.token_of_nobody()
    assert client.get(f"/Q/{stranger}").status_code == 404
