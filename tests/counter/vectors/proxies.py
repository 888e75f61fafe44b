"""Cases written by hand: for how many households one person may bring the vouchers in a day."""

from tests.counter.vectors.shapes import Case, acting, asked, offline, pays, refuses, voucher

_PAID = pays((0, 7, 28), takes=[(0, 0, 1)])


def _busy(acted: int, limit: int) -> dict[str, str]:
    sentence = f"王五今天已经替 {acted} 家办过，一个人一天最多替 {limit} 家。请户主自己来，或者明天再办。"
    return refuses("ProxyTooBusy", sentence)


PROXIES: list[Case] = [
    ("a proxy's first", asked((0, 1), acting=acting()), _PAID),
    ("a proxy's third household of three", asked((0, 1), acting=acting(1, 2)), _PAID),
    ("a proxy's fourth household of three", asked((0, 1), acting=acting(1, 2, 3)), _busy(3, 3)),
    ("a household that was acted for before", asked((0, 1), acting=acting(0, 1, 2)), _PAID),
    ("told twice, it is one household", asked((0, 1), acting=acting(1, 1, 2, 2)), _PAID),
    ("no limit", asked((0, 1), acting=acting(1, 2, 3, 4, limit=0)), _PAID),
    ("a limit of one", asked((0, 1), acting=acting(limit=1)), _PAID),
    (
        "two households at once, one too many",
        asked((0, 1), vouchers=[voucher(household=1), voucher(household=2)], acting=acting(3, 4)),
        _busy(2, 3),
    ),
    (
        "two vouchers of one household",
        asked((0, 1), vouchers=[voucher(household=1), voucher(household=1)], acting=acting(3, 4)),
        _PAID,
    ),
    ("offline, one too many", asked((0, 1), offline=offline(), acting=acting(1, limit=1)), _busy(1, 1)),
    (
        "a spent voucher before a busy proxy",
        asked((0, 1), vouchers=[voucher(0, state="spent")], acting=acting(1, 2, 3)),
        refuses("VoucherSpent", "这张券上的积分已经用完了。"),
    ),
    ("a busy proxy before too few points", asked((0, 9), acting=acting(1, 2, 3)), _busy(3, 3)),
]
