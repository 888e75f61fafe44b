"""A stocktake's sheet as a workbook: it goes out blind and comes back counted."""

import io
from uuid import UUID

import openpyxl
import pytest
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet

from love_market.db import new_id, reading
from love_market.stock import queries
from love_market.stock.intake import code_of
from tests import builders
from tests.builders import Village
from tests.stock.test_goods_workbook import confirm
from tests.stock.test_stocktake_pages import lots as lots
from tests.stock.test_stocktake_pages import url as url
from tests.workbook.looking import printed
from tests.workbook.making import marked_cells


def fetched(client: FlaskClient, url: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/sheet.xlsx").data))


def fill_in(sheet: Worksheet, lots: dict[str, UUID], **counted: object) -> None:
    """Write counts where a clerk would: beside the lot's code, under 实点数量."""
    at = {str(sheet.cell(row, 1).value): row for row in range(1, sheet.max_row + 1)}
    for name, quantity in counted.items():
        sheet.cell(at[code_of(lots[name])], 7).value = quantity  # type: ignore[assignment]


def hand_over(client: FlaskClient, url: str, book: openpyxl.Workbook, *, status: int = 302) -> str:
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    answer = client.post(f"{url}/import", data={"workbook": (data, "盘点表.xlsx"), "key": str(new_id())})
    assert answer.status_code == status, answer.text
    return str(answer.location or answer.text)


def counted(village: Village, url: str) -> dict[UUID, int | None]:
    with reading() as session:
        return {row.lot_id: row.counted for row in queries.sheet(session, village.clerk, UUID(url.rpartition("/")[2]))}


def test_the_sheet_is_blind_and_comes_back_counted(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    sheet = printed(client.get(f"{url}/sheet.xlsx").data, head_rows=2)
    values = [cell.value for row in sheet.iter_rows(min_row=3, max_row=4) for cell in row]
    assert len(values) == 16
    assert not {13, 17, "13", "17"} & set(values), "nothing of the book's"
    book = fetched(client, url)
    fill_in(book.worksheets[0], lots, vinegar=12)
    preview = hand_over(client, url, book)
    page = client.get(preview).text
    assert "<ins>12 瓶</ins>" in page
    assert ">13<" not in page
    assert set(counted(village, url).values()) == {None}
    assert confirm(client, preview) == 302
    assert counted(village, url) == {lots["vinegar"]: 12, lots["towels"]: None}
    assert confirm(client, preview) == 302, "a second click"
    book = fetched(client, url)
    fill_in(book.worksheets[0], lots, vinegar="11瓶", towels=17)
    book.worksheets[0]["G3"].value = 11
    assert confirm(client, hand_over(client, url, book)) == 302
    assert counted(village, url) == {lots["vinegar"]: 11, lots["towels"]: 17}


def test_what_is_wrong_is_marked_and_corrected_comes_in(
    client: FlaskClient, village: Village, url: str, lots: dict[str, UUID]
) -> None:
    book = fetched(client, url)
    fill_in(book.worksheets[0], lots, vinegar="一打", towels=16)
    book.worksheets[0].append(["P0000000000", None, None, None, None, None, 3])
    preview = hand_over(client, url, book)
    marked = openpyxl.load_workbook(io.BytesIO(client.get(f"{preview}/marked.xlsx").data))
    assert marked_cells(marked.worksheets[0]) == {"G3", "A7"}
    assert confirm(client, preview) == 302
    assert counted(village, url) == {lots["vinegar"]: None, lots["towels"]: 16}
    fill_in(marked.worksheets[0], lots, vinegar=13)
    assert confirm(client, hand_over(client, url, marked)) == 302
    assert counted(village, url) == {lots["vinegar"]: 13, lots["towels"]: 16}


@pytest.mark.usefixtures("lots")
def test_another_stocktake_s_sheet_is_refused(client: FlaskClient, village: Village, stock: str, url: str) -> None:
    old = fetched(client, url)
    assert client.post(f"{url}/drop", data={"key": str(new_id())}).status_code == 302
    begun = client.post(f"{stock}/stocktakes", data={"key": str(new_id()), "supervisor_name": "石监督"}).location
    assert "另一次盘点" in hand_over(client, begun, old, status=422)
    assert client.get(f"{url}/import").location == url, "dropped: nothing to count"
    builders.sign_in(client, village.panel[0])
    assert client.get(f"{begun}/sheet.xlsx").status_code == 403
