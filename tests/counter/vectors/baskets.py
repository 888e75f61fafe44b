"""Cases written by hand: what a basket may be, what it costs, how it is paid, which lots it is taken from."""

from tests.counter.vectors.shapes import Case, asked, good, pays, refuses, voucher

_TWICE = refuses("BasketUnclear", "同一样货或同一张券出现了两次，请清空重来。")
_QUANTITY = refuses("BasketUnclear", "数量要是 1 到 999 的整数。")
_GONE = refuses("PriceChanged", "货架上没有这样货了，请把它从篮子里拿掉。")
_ALL_60 = [(number, 1) for number in range(60)]
_GOODS_61 = [good(1, 5, name=f"货{number}") for number in range(61)]
_RICH = [voucher(9999)]

BASKETS: list[Case] = [
    ("nothing in the basket", asked(), refuses("BasketEmpty", "还没有选货。请先点要换的东西。")),
    ("no voucher", asked((0, 1), vouchers=()), refuses("BasketEmpty", "还没有扫券。请先扫一张积分券。")),
    ("neither", asked(vouchers=()), refuses("BasketEmpty", "还没有选货。请先点要换的东西。")),
    (
        "sixty lines",
        asked(*_ALL_60, goods=_GOODS_61, vouchers=_RICH),
        pays((0, 60, 9939), takes=[(number, 0, 1) for number in range(60)]),
    ),
    (
        "sixty-one lines",
        asked(*_ALL_60, (60, 1), goods=_GOODS_61, vouchers=_RICH),
        refuses("BasketUnclear", "一篮最多 60 样货，这一篮有 61 样。请分两次兑换。"),
    ),
    (
        "sixty-one lines, one twice",
        asked(*_ALL_60, (0, 1), goods=_GOODS_61, vouchers=_RICH),
        refuses("BasketUnclear", "一篮最多 60 样货，这一篮有 61 样。请分两次兑换。"),
    ),
    ("a good twice", asked((0, 1), (0, 2)), _TWICE),
    ("a voucher twice", asked((0, 1), paying=(0, 0)), _TWICE),
    ("none of a good", asked((0, 0)), _QUANTITY),
    ("less than none", asked((0, -1)), _QUANTITY),
    ("one and none", asked((0, 1), (1, 0), goods=[good(), good()]), _QUANTITY),
    ("one and a half", asked((0, 1.5)), _QUANTITY),
    ("a thousand", asked((0, 1000), goods=[good(1, 2000)], vouchers=_RICH), _QUANTITY),
    ("very many", asked((0, 10**30)), _QUANTITY),
    (
        "nine hundred and ninety-nine",
        asked((0, 999), goods=[good(1, 2000)], vouchers=_RICH),
        pays((0, 999, 9000), takes=[(0, 0, 999)]),
    ),
    ("a good that is gone", asked((1, 1, 7)), _GONE),
    ("a good off the shelf", asked((0, 1), goods=[good(withdrawn=True)]), _GONE),
    ("off the shelf, and dearer", asked((0, 1, 6), goods=[good(withdrawn=True)]), _GONE),
    (
        "dearer since",
        asked((0, 1, 6)),
        refuses("PriceChanged", "陈醋现在是 7 分，页面上还是 6 分。请刷新后再兑换。"),
    ),
    (
        "cheaper since, in the second line",
        asked((0, 1), (1, 1, 9), goods=[good(), good(8, name="挂面")]),
        refuses("PriceChanged", "挂面现在是 8 分，页面上还是 9 分。请刷新后再兑换。"),
    ),
    ("exactly the minimum", asked((0, 1), minimum=7), pays((0, 7, 28), takes=[(0, 0, 1)])),
    (
        "a point below the minimum",
        asked((0, 1), minimum=8),
        refuses("BelowMinimum", "每次至少兑换 8 分，这一篮是 7 分。"),
    ),
    ("exactly the balance", asked((0, 5)), pays((0, 35, 0), takes=[(0, 0, 5)])),
    (
        "a point short",
        asked((0, 5), vouchers=[voucher(34)]),
        refuses("TooFewPoints", "券上一共 34 分，要用 35 分，还差 1 分。请减几样，或再扫一张券。"),
    ),
    (
        "two vouchers, the first emptied",
        asked((0, 5), vouchers=[voucher(20), voucher(30)]),
        pays((0, 20, 0), (1, 15, 15), takes=[(0, 0, 5)]),
    ),
    (
        "two vouchers in the other order",
        asked((0, 5), vouchers=[voucher(20), voucher(30)], paying=(1, 0)),
        pays((1, 30, 0), (0, 5, 15), takes=[(0, 0, 5)]),
    ),
    (
        "a second voucher that is not needed",
        asked((0, 5), vouchers=[voucher(35), voucher(30)]),
        pays((0, 35, 0), takes=[(0, 0, 5)]),
    ),
    (
        "three vouchers, together exactly enough",
        asked((0, 5), vouchers=[voucher(5), voucher(10), voucher(20)]),
        pays((0, 5, 0), (1, 10, 0), (2, 20, 0), takes=[(0, 0, 5)]),
    ),
    (
        "two vouchers, together short",
        asked((0, 6), vouchers=[voucher(20), voucher(20)]),
        refuses("TooFewPoints", "券上一共 40 分，要用 42 分，还差 2 分。请减几样，或再扫一张券。"),
    ),
]

LOTS: list[Case] = [
    ("all that is left", asked((0, 5), goods=[good(7, 5)]), pays((0, 35, 0), takes=[(0, 0, 5)])),
    (
        "one more than is left",
        asked((0, 5), goods=[good(7, 4)]),
        refuses("TooFewGoods", "陈醋只剩 4 瓶，要 5 瓶。请减少数量，或换别的。"),
    ),
    (
        "nothing left",
        asked((0, 1), goods=[{**good(), "lots": []}]),
        refuses("TooFewGoods", "陈醋只剩 0 瓶，要 1 瓶。请减少数量，或换别的。"),
    ),
    (
        "the first lot emptied before the next, a used-up one passed over",
        asked((0, 5), goods=[good(7, (3, "2026-10-20"), (0, "2026-10-21"), (1, "2026-12-01"), 9)]),
        pays((0, 35, 0), takes=[(0, 0, 3), (0, 2, 1), (0, 3, 1)]),
    ),
    (
        "the first lot is just enough",
        asked((0, 3), goods=[good(7, (3, "2026-10-20"), 9)]),
        pays((0, 21, 14), takes=[(0, 0, 3)]),
    ),
    (
        "an expired lot is passed over",
        asked((0, 2), goods=[good(7, (9, "2026-10-07"), (2, "2026-10-09"))]),
        pays((0, 14, 21), takes=[(0, 1, 2)]),
    ),
    (
        "a lot's last good day",
        asked((0, 2), goods=[good(7, (2, "2026-10-08"))]),
        pays((0, 14, 21), takes=[(0, 0, 2)]),
    ),
    (
        "only expired lots",
        asked((0, 2), goods=[good(7, (2, "2026-10-07"))]),
        refuses("LotExpired", "陈醋没过期的只剩 0 瓶，要 2 瓶。过期的不能发，请减少数量。"),
    ),
    (
        "enough with the expired ones",
        asked((0, 4), goods=[good(7, (1, "2026-10-07"), 3)]),
        refuses("LotExpired", "陈醋没过期的只剩 3 瓶，要 4 瓶。过期的不能发，请减少数量。"),
    ),
    (
        "too few with the expired ones",
        asked((0, 5), goods=[good(7, (1, "2026-10-07"), 3)]),
        refuses("TooFewGoods", "陈醋只剩 3 瓶，要 5 瓶。请减少数量，或换别的。"),
    ),
    (
        "the second good is short",
        asked((0, 1), (1, 3), goods=[good(), good(4, 2, name="香皂", unit_name="块")]),
        refuses("TooFewGoods", "香皂只剩 2 块，要 3 块。请减少数量，或换别的。"),
    ),
    (
        "goods in the basket's order",
        asked((1, 2), (0, 1), goods=[good(), good(4, 1, 5, name="香皂")]),
        pays((0, 15, 20), takes=[(1, 0, 1), (1, 1, 1), (0, 0, 1)]),
    ),
]
