"""What a clerk's hands, gun and camera do at the till, and what the books say afterwards."""

import qrcode
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from love_market.counter import queries
from love_market.counter.models import Redemption
from love_market.db import reading
from tests.counter.made import Shop
from tests.vouchers.made import balance


def redemptions(shop: Shop) -> list[queries.Receipt]:
    """Return the day's redemptions, the first first."""
    with reading() as session:
        day = session.scalars(select(Redemption).order_by(Redemption.entry_number)).all()
        return [queries.receipt(session, shop.village.clerk, row.id) for row in day]


def left(shop: Shop, index: int) -> int:
    """Return what the books hold on a voucher."""
    with reading() as session:
        return balance(session, shop.village.market_id, shop.vouchers[index].id)


def type_code(page: Page, code: str) -> None:
    """Type a voucher's short code in."""
    page.get_by_label("券上的短码").fill(code)
    page.get_by_role("button", name="找券").click()


def tap(page: Page, *names: str) -> None:
    """Tap goods on the shelf."""
    for name in names:
        page.locator("#goods button", has_text=name).click()


def gun(page: Page, text: str) -> None:
    """Type as a scanner gun does: all at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def reach(page: Page, wanted: Locator) -> None:
    """Tab until something has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("(it) => it === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {wanted}")


def basket_of_27(page: Page, shop: Shop) -> None:
    """On a phone: the voucher of 35, and 27 points of goods."""
    type_code(page, shop.vouchers[0].short_code)
    expect(page.locator("#goods")).to_be_visible()
    tap(page, "陈醋", "挂面", "挂面", "香皂")
    page.get_by_role("button", name="选好了").click()
    expect(page.locator("#go")).to_have_text("确认兑换")  # the shelf takes a moment to go
    expect(page.locator("#sum")).to_have_text("4 件，共 27 分")
    expect(page.locator("#left")).to_have_text("券上还剩 8 分")


def printed(url: str) -> Image.Image:
    """Return a voucher's code as a camera sees it held up: on paper, not filling the picture."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=6, border=4)
    code.add_data(url)
    code.make(fit=True)
    drawn = code.make_image().get_image().convert("L")
    frame = Image.new("L", (640, 480), 200)
    side = min(drawn.width, 420)
    frame.paste(drawn.resize((side, side)), ((640 - side) // 2, (480 - side) // 2))
    return frame


def serious(page: Page) -> list[str]:
    """Return what axe finds of weight."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]
