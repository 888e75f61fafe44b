"""Looking at what the program writes: that it runs nothing, and prints as paper should."""

import io
import zipfile

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet


def printed(data: bytes, head_rows: int) -> Worksheet:
    """Return the one sheet of an export, having seen that no cell is a formula and that it prints on A4 lying down."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        assert b"<f>" not in container.read("xl/worksheets/sheet1.xml")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == f"$1:${head_rows}"
    assert str(sheet.freeze_panes).endswith(str(head_rows + 1))
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    return sheet
