"""Cases written by hand: which vouchers may pay, what comes first, and what a till may do without a network."""

from tests.counter.vectors.shapes import NOW, Case, asked, good, offline, pays, refuses, voucher

_PAID = pays((0, 7, 28), takes=[(0, 0, 1)])
_NOT_IN_BOOKS = refuses("VoucherUnknown", "账本里没有这张券。请看清券号，或者这是别处的券。")
_NOT_HERE = refuses("VoucherUnknown", "这台兑换机里没有这张券。请看清短码，或扫券上的方码；还不行，就接上网再查。")
_SPENT = refuses("VoucherSpent", "这张券上的积分已经用完了。")
_CUT_OFF = refuses("TillCutOff", "这台兑换机已经停用，不能兑换。要用，请村委会重新登记。")
_NO_LEASE = refuses("LeaseMissing", "没有网络，这台兑换机现在不能断网兑换。请接上网再兑换。")
_CLOCK = refuses("ClockWrong", "这台兑换机的时间往回走了，没有网络时不能兑换。请把时间调准，或接上网再兑换。")
_NO_NEW = refuses("VoucherTooNew", "这张券是上次联网以后才发的，没有网络时不能用。请接上网再兑换。")


def _expired(day: str) -> dict[str, str]:
    return refuses("VoucherExpired", f"这张券 {day} 到期，不能再用。")


def _ended(when: str) -> dict[str, str]:
    return refuses("LeaseEnded", f"断网兑换只到 {when}，时间已经过了。请接上网再兑换。")


def _with(*vouchers: object, **more: object) -> dict[str, object]:
    return asked((0, 1), vouchers=vouchers, **more)  # type: ignore[arg-type]  # as shapes gives them


VOUCHERS: list[Case] = [
    ("not handed over by anybody's word", _with(voucher(state="issued")), _PAID),
    ("a voucher nobody knows", _with(paying=(0,)), _NOT_IN_BOOKS),
    ("the second is unknown", _with(voucher(), paying=(0, 1)), _NOT_IN_BOOKS),
    (
        "void",
        _with(voucher(0, state="void", reason="户已迁走")),
        refuses("VoucherVoid", "这张券已经作废：户已迁走。补发过的，请用新券。"),
    ),
    (
        "void, nobody said why",
        _with(voucher(0, state="void")),
        refuses("VoucherVoid", "这张券已经作废：—。补发过的，请用新券。"),
    ),
    (
        "void and expired",
        _with(voucher(0, state="void", reason="丢了", until="2026-10-01")),
        refuses("VoucherVoid", "这张券已经作废：丢了。补发过的，请用新券。"),
    ),
    (
        "frozen",
        _with(voucher(state="frozen", reason="本人说丢了")),
        refuses("VoucherFrozen", "这张券已经冻结：本人说丢了。要用，请先到村委会解冻。"),
    ),
    (
        "frozen and expired",
        _with(voucher(state="frozen", reason="丢了", until="2026-10-01")),
        refuses("VoucherFrozen", "这张券已经冻结：丢了。要用，请先到村委会解冻。"),
    ),
    ("the last valid day", _with(voucher(until="2026-10-08")), _PAID),
    ("the day after", _with(voucher(until="2026-10-07")), _expired("2026年10月7日")),
    ("the old year's last day", _with(voucher(until="2026-12-31"), today="2027-01-01"), _expired("2026年12月31日")),
    ("lapsed", _with(voucher(0, state="lapsed", until="2026-10-07")), _expired("2026年10月7日")),
    (
        "cleared before its last day",
        _with(voucher(0, state="lapsed", reason="没用完的分到日子清零", until="2027-10-08")),
        refuses("VoucherExpired", "这张券的分已经清零：没用完的分到日子清零。"),
    ),
    ("spent", _with(voucher(0, state="spent")), _SPENT),
    ("spent and expired", _with(voucher(0, state="spent", until="2026-09-30")), _expired("2026年9月30日")),
    ("the second is spent, though the first is enough", _with(voucher(), voucher(0, state="spent")), _SPENT),
    (
        "the second is frozen",
        _with(voucher(), voucher(state="frozen", reason="丢")),
        refuses("VoucherFrozen", "这张券已经冻结：丢。要用，请先到村委会解冻。"),
    ),
]

ORDER: list[Case] = [
    (
        "a doubled good before a changed price",
        asked((0, 1, 6), (0, 1, 6)),
        refuses("BasketUnclear", "同一样货或同一张券出现了两次，请清空重来。"),
    ),
    (
        "a changed price before the minimum",
        asked((0, 1, 6), minimum=50),
        refuses("PriceChanged", "陈醋现在是 7 分，页面上还是 6 分。请刷新后再兑换。"),
    ),
    (
        "the minimum before an unknown voucher",
        _with(paying=(0,), minimum=8),
        refuses("BelowMinimum", "每次至少兑换 8 分，这一篮是 7 分。"),
    ),
    (
        "a void voucher before too few points",
        asked((0, 9), vouchers=[voucher(0, state="void", reason="丢了")]),
        refuses("VoucherVoid", "这张券已经作废：丢了。补发过的，请用新券。"),
    ),
    (
        "too few points before too few goods",
        asked((0, 9), goods=[good(7, 1)]),
        refuses("TooFewPoints", "券上一共 35 分，要用 63 分，还差 28 分。请减几样，或再扫一张券。"),
    ),
    ("the first voucher's reason before the second's", _with(voucher(0, state="spent"), paying=(0, 1)), _SPENT),
]

OFFLINE: list[Case] = [
    ("offline within the lease", _with(voucher(), offline=offline()), _PAID),
    ("cut off", _with(voucher(), offline=offline(cut_off=True)), _CUT_OFF),
    ("cut off, without a lease", _with(voucher(), offline=offline(cut_off=True, lease_ends_at=None)), _CUT_OFF),
    ("no lease", _with(voucher(), offline=offline(lease_ends_at=None)), _NO_LEASE),
    ("no lease, and an empty basket", asked(offline=offline(lease_ends_at=None)), _NO_LEASE),
    (
        "no lease, and a clock that went back",
        _with(voucher(), offline=offline(lease_ends_at=None, latest_at="2026-10-08T03:00:00.000Z")),
        _NO_LEASE,
    ),
    ("a clock that stands", _with(voucher(), offline=offline(latest_at=NOW)), _PAID),
    ("a clock that went back", _with(voucher(), offline=offline(latest_at="2026-10-08T02:00:00.001Z")), _CLOCK),
    (
        "a clock that went back, and a lease that ended",
        _with(voucher(), offline=offline(latest_at="2026-10-08T03:00:00Z", lease_ends_at="2026-10-08T01:00:00Z")),
        _CLOCK,
    ),
    (
        "the lease's last millisecond",
        _with(voucher(), offline=offline(lease_ends_at="2026-10-08T02:00:00.001Z")),
        _PAID,
    ),
    ("the lease's end", _with(voucher(), offline=offline(lease_ends_at=NOW)), _ended("10月8日 10:00")),
    (
        "a lease that ended before noon, written with an offset",
        _with(voucher(), offline=offline(lease_ends_at="2026-10-08T09:05:00+08:00")),
        _ended("10月8日 09:05"),
    ),
    (
        "a lease that ended after the village's midnight",
        _with(voucher(), offline=offline(lease_ends_at="2026-09-30T16:30:00Z")),
        _ended("10月1日 00:30"),
    ),
    ("offline, a voucher that is not here", _with(paying=(0,), offline=offline()), _NOT_HERE),
    ("offline, the second is not here", _with(voucher(), paying=(0, 1), offline=offline()), _NOT_HERE),
    ("offline, an empty voucher", _with(voucher(0, state="spent"), offline=offline()), _SPENT),
    ("a new voucher where none is taken", _with(voucher(1, known=False), offline=offline()), _NO_NEW),
    (
        "a new voucher at the limit",
        _with(voucher(10, known=False), offline=offline(limit_points=10)),
        pays((0, 7, 3), takes=[(0, 0, 1)]),
    ),
    (
        "a new voucher above the limit",
        _with(voucher(11, known=False), offline=offline(limit_points=10)),
        refuses("VoucherTooNew", "这张券是上次联网以后才发的，没有网络时最多收 10 分的新券。请接上网再兑换。"),
    ),
    (
        "a new voucher that expired",
        _with(voucher(known=False, until="2026-10-07"), offline=offline()),
        _expired("2026年10月7日"),
    ),
    ("a known voucher above the limit", _with(voucher(), offline=offline(limit_points=10)), _PAID),
]
