"""Papers: PDFs typeset from templates, with embedded Chinese fonts and drawn QR codes. Knows no domain."""

from love_market.paper.fonts import NoChineseFont as NoChineseFont
from love_market.paper.fonts import is_private as is_private
from love_market.paper.fonts import missing_glyphs as missing_glyphs
from love_market.paper.press import typeset as typeset
from love_market.paper.qr import QrCode as QrCode
from love_market.paper.qr import qr_code as qr_code
from love_market.paper.rare import package_with as package_with
from love_market.paper.shelves import static_dir as static_dir
from love_market.paper.shelves import templates_dir as templates_dir
