"""The committee's pages of tills."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from love_market.db import new_id, reading
from love_market.people.rules import Guard
from love_market.tills import queries
from tests.builders import Village, sign_in
from tests.conftest import Clock
from tests.tills.conftest import NewTill, Unchanged
from tests.tills.device import Device


@pytest.mark.parametrize("which", ["", "/new", "/{till}", "/{till}/cut-off", "/settle"])
def test_the_pages_are_the_committees(
    app: Flask, village: Village, new_till: NewTill, clock: Clock, which: str, unchanged: Unchanged
) -> None:
    address = f"/v/{village.code}/tills" + which.format(till=new_till("店里的手机").till_id)
    household = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    for guard, status in (
        (None, 302),
        (household, 302),
        (village.clerk, 403),
        (village.panel[0], 403),
        (village.grid_worker, 403),
        (village.recorder, 200),
        (village.chair, 200),
    ):
        client = app.test_client()
        if guard is not None:
            sign_in(client, guard)
        with unchanged():
            answer = client.get(address)
            # Nobody's lease has to be settled: the page leads back.
            assert answer.status_code == (302 if which == "/settle" and status == 200 else status), guard
            if status != 200 and which:
                assert client.post(address, data={"name": "改过", "key": str(new_id())}).status_code == status


def test_a_phone_is_invited_by_a_code_that_leads_to_the_counter(
    app: Flask, client: FlaskClient, village: Village, clock: Clock
) -> None:
    sign_in(client, village.chair)
    empty = client.get(f"/v/{village.code}/tills").text
    assert "还没有登记兑换机" in empty
    refused = client.post(f"/v/{village.code}/tills/new", data={"name": "", "key": str(new_id())})
    assert refused.status_code == 422
    page = client.post(f"/v/{village.code}/tills/new", data={"name": " 店里的 手机 ", "key": str(new_id())}).text
    assert "登记店里的 手机" in page
    url = read_code(page)
    match = re.fullmatch(rf"(https?://[^/]+)/counter#join={village.code}\.([A-Z2-7]{{32}})", url)
    assert match is not None, url
    assert match[1] == app.extensions["love_market_settings"].base_url
    assert f'href="{url}"' in page
    device = Device(app.test_client(), village.code)
    assert device.enrol(match[2]).get_json()["name"] == "店里的 手机"
    listed = client.get(f"/v/{village.code}/tills").text
    assert "店里的 手机" in listed
    assert "还没有登记兑换机" not in listed


def read_code(page: str) -> str:
    """Return what the drawn code on a page says, read as a camera does."""
    svg = re.search(r'class="invitation"[^>]*>\s*(<svg.*?</svg>)', page, re.DOTALL)
    assert svg is not None
    found = zxingcpp.read_barcodes(drawn(svg[1]))
    assert len(found) == 1
    return found[0].text


def drawn(svg: str) -> Image.Image:
    """Return the picture of a code's path, four modules clear all round."""
    box = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    assert box is not None
    side = int(box[1]) + 8
    picture = Image.new("L", (side, side), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        picture.paste(0, (int(x) + 4, int(y) + 4, int(x) + 4 + int(width), int(y) + 5))
    return picture.resize((side * 4, side * 4))


def test_renamed_and_cut_off_on_its_page(
    app: Flask, client: FlaskClient, village: Village, new_till: NewTill, clock: Clock
) -> None:
    device = new_till("店里的手机")
    sign_in(client, village.chair)
    address = f"/v/{village.code}/tills/{device.till_id}"
    assert client.post(address, data={"name": "柜台的手机", "key": str(new_id())}).status_code == 302
    assert "柜台的手机" in client.get(address).text
    assert device.contact()["name"] == "柜台的手机"
    assert "停用这台" in client.get(address).text
    assert client.post(f"{address}/cut-off", data={"key": str(new_id())}).status_code == 302
    with reading() as session:
        assert queries.till(session, village.chair, device.till_id).cut_off_at == clock()
    page = client.get(address).text
    assert "停用了，不能再兑换" in page
    assert "停用这台" not in page
    assert "已停用" in client.get(f"/v/{village.code}/tills").text
    assert device.contact()["cut_off"]
    assert client.get(f"/v/{village.code}/tills/{UUID(int=0)}").status_code == 404


def test_a_lease_nobody_answers_for_is_settled_on_its_page(
    client: FlaskClient, village: Village, new_till: NewTill, clock: Clock
) -> None:
    device = new_till("店里的手机")
    sign_in(device.client, village.clerk)
    assert device.contact(unsent=3, wants_lease=True)["lease"]["held"]
    sign_in(client, village.chair)
    listed, settle = f"/v/{village.code}/tills", f"/v/{village.code}/tills/settle"
    assert "现在由店里的手机管着离线兑换" in client.get(listed).text
    refused = client.post(settle, data={"key": str(new_id())})
    assert refused.status_code == 409
    assert "不能收回" in refused.text
    clock.at += timedelta(days=3)
    assert "不等了" in client.get(listed).text
    assert "3 笔" in re.sub(r"<[^>]+>|\s+", " ", client.get(settle).text).replace("  ", " ")
    assert client.post(settle, data={"key": str(new_id())}).status_code == 302
    with reading() as session:
        assert queries.lease(session, village.chair).till_id is None
    assert client.get(settle).status_code == 302
