from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from love_market.db import new_id, reading, transaction
from love_market.people import service as people
from love_market.people.rules import Guard, Role
from love_market.places import queries
from love_market.places.models import SettingChange
from tests import builders
from tests.builders import VILLAGE_CODE, Village
from tests.conftest import Clock

SETTINGS = f"/v/{VILLAGE_CODE}/settings"
WANTED = {
    "notice_days": "7",
    "quarter_budget_points": "8000",
    "voucher_valid_days": "365",
    "vouchers_in_denominations": "y",
    "vouchers_a_sheet": "6",
    "minimum_redemption_points": "5",
    "lease_hours": "48",
    "offline_new_points": "10",
    "reset_month": "1",
    "reset_day": "15",
    "penalty_reply_days": "7",
    "penalty_public_days": "30",
    "proxy_daily_households": "0",
}


def overseer(village: Village, clock: Clock, name: str, code: str, role: Role) -> Guard:
    with transaction() as session:
        staff_id: UUID = people.add_staff(
            session,
            name=name,
            sign_in_name=name,
            password="几个好记的词，一定够长",
            grants=[(code, role)],
            at=clock(),
            key=new_id(),
        )
    return Guard.of_staff(village.market_id, village.code, staff_id, name, role)


def test_the_chair_changes_the_settings(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    assert 'value="5"' in client.get(SETTINGS).text
    assert client.post(SETTINGS, data=WANTED | {"key": str(new_id())}).status_code == 302
    with reading() as session:
        changed = queries.settings(session, village.market_id)
    assert changed == queries.MarketSettings(7, 365, True, 6, 5, 8000, 48, 10, 1, 15, 7, 30, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notice_days", "2"),
        ("notice_days", "31"),
        ("notice_days", "5.5"),
        ("notice_days", ""),
        ("voucher_valid_days", "29"),
        ("voucher_valid_days", "1101"),
        ("quarter_budget_points", "-1"),
        ("minimum_redemption_points", "0"),
        ("vouchers_a_sheet", "7"),
        ("reset_month", "13"),
        ("reset_day", "29"),
        ("penalty_reply_days", "2"),
        ("penalty_public_days", "0"),
        ("proxy_daily_households", "101"),
        ("proxy_daily_households", ""),
    ],
)
def test_a_setting_out_of_bounds_is_refused_with_its_bounds(
    client: FlaskClient, village: Village, name: str, value: str
) -> None:
    builders.sign_in(client, village.chair)
    answer = client.post(SETTINGS, data=WANTED | {name: value, "key": str(new_id())})
    assert answer.status_code == 422
    with reading() as session:
        assert queries.settings(session, village.market_id).notice_days == 5
    if name == "notice_days" and value in {"2", "31"}:
        assert "要在 3 到 30 之间。" in answer.text


def test_a_budget_of_nothing_is_a_budget(client: FlaskClient, village: Village) -> None:
    builders.sign_in(client, village.chair)
    sent = WANTED | {"quarter_budget_points": "0", "key": str(new_id())}
    assert client.post(SETTINGS, data=sent).status_code == 302
    with reading() as session:
        assert queries.settings(session, village.market_id).quarter_budget_points == 0


def test_a_changed_setting_is_told_for_good(client: FlaskClient, village: Village, clock: Clock) -> None:
    changes = f"{SETTINGS}/changes"
    builders.sign_in(client, village.chair)
    assert "还没有改过" in client.get(SETTINGS).text
    as_it_is = {
        "notice_days": "5",
        "quarter_budget_points": "5000",
        "voucher_valid_days": "180",
        "vouchers_a_sheet": "8",
        "minimum_redemption_points": "1",
        "lease_hours": "72",
        "offline_new_points": "0",
        "reset_month": "0",
        "reset_day": "10",
        "penalty_reply_days": "5",
        "penalty_public_days": "90",
        "proxy_daily_households": "3",
    }
    assert client.post(SETTINGS, data=as_it_is | {"key": str(new_id())}).status_code == 302
    assert kept() == []
    short = as_it_is | {"notice_days": "3", "reset_month": "1", "vouchers_in_denominations": "y", "key": str(new_id())}
    for _ in range(2):
        assert client.post(SETTINGS, data=short).status_code == 302
    assert client.post(SETTINGS, data=short | {"notice_days": "4"}).status_code == 409
    # Setting it back hides nothing, and what was sent late a second time does not set it again.
    assert client.post(SETTINGS, data=as_it_is | {"key": str(new_id())}).status_code == 302
    assert client.post(SETTINGS, data=short).status_code == 302
    with reading() as session:
        assert queries.settings(session, village.market_id).notice_days == 5
    there = [("notice_days", 5, 3), ("reset_month", 0, 1), ("vouchers_in_denominations", 0, 1)]
    assert kept() == sorted(there + [(name, after, before) for name, before, after in there])

    county = overseer(village, clock, "县里", "140221", Role.COUNTY_OVERSEER)
    for guard in (village.chair, village.recorder, county):
        builders.sign_in(client, guard)
        page = client.get(changes).text
        told = [page.index(words) for words in ("公示天数 3 天 → 5 天", "公示天数 5 天 → 3 天")]
        assert told == sorted(told)
        for words in ("每年清零 不清零 → 每年 1 月", "怎么发券 按户发整张 → 按面额发", village.chair.name):
            assert words in page
    assert changes in client.get(f"/v/{VILLAGE_CODE}/books").text
    builders.sign_in(client, village.clerk)
    assert client.get(changes).status_code == 403
    for statement in ("UPDATE setting_change SET to_value = 9", "DELETE FROM setting_change"):
        with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
            session.execute(text(statement))


def kept() -> list[tuple[str, int, int]]:
    with reading() as session:
        rows = session.scalars(select(SettingChange)).all()
        return sorted((row.name, row.from_value, row.to_value) for row in rows)


def test_nobody_else_changes_settings(client: FlaskClient, village: Village, clock: Clock) -> None:
    county = overseer(village, clock, "县里", "140221", Role.COUNTY_OVERSEER)
    for guard in (village.recorder, village.clerk, village.grid_worker, village.panel[0], county):
        builders.sign_in(client, guard)
        assert client.get(SETTINGS).status_code == 403
        assert client.post(SETTINGS, data=WANTED | {"key": str(new_id())}).status_code == 403


def test_an_overseer_sees_the_places_below_in_the_order_of_their_codes(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    builders.sign_in(client, overseer(village, clock, "县里", "140221", Role.COUNTY_OVERSEER))
    page = client.get("/overview").text
    assert page.index("龙泉镇") < page.index("罗文皂镇") < page.index("鳌石乡")
    assert "1 处开了爱心超市，全部是 197 村、15 社区" in page
    assert f'href="/v/{VILLAGE_CODE}/"' in page
    builders.sign_in(client, overseer(village, clock, "镇里", "140221101", Role.TOWNSHIP_OVERSEER))
    township = client.get("/overview").text
    assert "罗文皂镇" in township
    assert "龙泉镇" not in township
    assert "还没有村开爱心超市" in township


def test_the_overview_is_not_for_villages(client: FlaskClient, village: Village) -> None:
    assert client.get("/overview").status_code == 302
    builders.sign_in(client, village.chair)
    assert client.get("/overview").status_code == 403


def test_the_county_opens_a_township_s_account_and_nobody_else_does(
    client: FlaskClient, village: Village, clock: Clock
) -> None:
    page = "/overview/140221100/staff/new"
    sent = {"name": "镇里人", "sign_in_name": "镇里人", "password": "几个好记的词，一定够长"}
    township = overseer(village, clock, "别镇", "140221101", Role.TOWNSHIP_OVERSEER)
    for guard in (village.chair, township):
        builders.sign_in(client, guard)
        assert client.get(page).status_code == 403
        assert client.post(page, data=sent | {"key": str(new_id())}).status_code == 403
    builders.sign_in(client, overseer(village, clock, "县里", "140221", Role.COUNTY_OVERSEER))
    assert client.get("/overview/140221/staff/new").status_code == 403
    assert client.get(f"/overview/{VILLAGE_CODE}/staff/new").status_code == 403
    assert client.get("/overview/999/staff/new").status_code == 404
    assert client.post(page, data=sent | {"key": str(new_id())}).status_code == 302
    assert client.post(page, data=sent | {"key": str(new_id())}).status_code == 409
    assert client.post(page, data=sent | {"password": "short", "key": str(new_id())}).status_code == 422
    assert "乡镇查看：镇里人" in client.get("/overview").text
