"""The press: a Typst template and data in, the bytes of a PDF out."""

import json
from collections.abc import Mapping
from datetime import datetime

import typst

from love_market.paper.fonts import available_families, system_fonts
from love_market.paper.rare import with_codes
from love_market.paper.shelves import templates_dir

# The compiler keeps what it computed for a document until ten more have been made: 200 MB for a thousand vouchers.
# Papers here are large, rare and all different, so it is made to forget at once by setting ten blank ones.
_DOCUMENTS_REMEMBERED = 10


def typeset(template: str, data: Mapping[str, object], at: datetime) -> bytes:
    """Return the PDF of ``templates/<template>.typ`` (``vouchers/sheet``) filled with ``data``.

    ``data`` must be JSON: it reaches the template as values, never as markup, so what a user wrote is printed
    as it stands; a character that no font here can draw is printed as its code in a small box. ``at`` (aware) is the
    document's date: the same template, data, date and fonts give the same bytes. Raises ``NoChineseFont`` on a machine
    that has none.
    """
    families = available_families().in_order()
    written = json.dumps(data, ensure_ascii=False)
    drawn = with_codes(written)
    told = {"data": drawn, "fonts": json.dumps(families)} | ({"codes": "yes"} if drawn != written else {})
    try:
        return typst.compile(
            templates_dir() / f"{template}.typ",
            root=templates_dir(),
            font_paths=system_fonts(),
            sys_inputs=told,
            timestamp=int(at.timestamp()),
            pdf_tags=False,
        )
    finally:
        forget()


def forget() -> None:
    """Let the compiler forget the documents it has set."""
    for _ in range(_DOCUMENTS_REMEMBERED + 1):
        typst.compile(b"", font_paths=system_fonts())
