"""What waits in vouchers: points without one, vouchers not handed over, those past their day, a clearing."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date, village_instant
from love_market.db import Prepared
from love_market.errors import words
from love_market.people.rules import COMMITTEE, Guard
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Case, say
from love_market.vouchers import queries as vouchers
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.live import is_live
from love_market.vouchers.rules import NOTICE, State

_NOT_HANDED_OVER = Prepared(
    select(VoucherBatch.id, VoucherBatch.quarter, VoucherBatch.issued_at, func.count())
    .join(Voucher, (Voucher.market_id == VoucherBatch.market_id) & (Voucher.batch_id == VoucherBatch.id))
    .where(
        VoucherBatch.market_id == bindparam("market_id"),
        VoucherBatch.village_code == bindparam("village_code"),
        is_live(),
        Voucher.state == literal_column(f"'{State.ISSUED.value}'"),
    )
    .group_by(VoucherBatch.id, VoucherBatch.quarter, VoucherBatch.issued_at)
    .order_by(VoucherBatch.issued_at)
)


def voucher_cases(
    session: Session, guard: Guard, quarters: Sequence[Progress], waiting: vouchers.Waiting, at: datetime
) -> Iterator[Case]:
    """Yield points that wait for vouchers, vouchers that wait to be handed over, and those past their day."""
    if waiting.issuable_points and quarters:
        confirmed = next((one for one in quarters if one.appraisal.confirmed_at is not None), quarters[0])
        yield Case(
            say(
                words("发券：{count} 户，{points} 分"),
                count=waiting.issuable_households,
                points=waiting.issuable_points,
            ),
            words("去发券"),
            "vouchers.issue",
            COMMITTEE,
            {"quarter": str(confirmed.appraisal.quarter)},
            say(words("认定了的分，印成券交到户里才能用")),
            since=confirmed.appraisal.confirmed_at,
        )
    expired = vouchers.expired(session, guard, at=at)
    if expired.points:
        yield Case(
            say(words("到期清零：{count} 张券，{points} 分"), count=expired.vouchers, points=expired.points),
            words("去清零"),
            "vouchers.lapse",
            COMMITTEE,
            sub=say(words("过了有效期的券已经不能用，记进账本才算完")),
        )
    yield from _reset_cases(session, guard, at)
    yield from _hand_over_cases(session, guard)


def _hand_over_cases(session: Session, guard: Guard) -> Iterator[Case]:
    """Yield the vouchers not handed over in one line: of one batch by its page, of several by the list of these."""
    batches = _NOT_HANDED_OVER.rows(session, market_id=guard.market_id, village_code=guard.village_code)
    if not batches:
        return
    batch_id, quarter, since, _count = batches[0]
    about = say(words("{quarter}，{day}发的；领的人要签字"), quarter=Quarter.parse(quarter).title, day=since)
    if len(batches) > 1:
        about = say(words("{batches} 批，最早是{day}发的；领的人要签字"), batches=len(batches), day=since)
    yield Case(
        say(words("交券：还有 {count} 张没交到户里"), count=sum(count for *_, count in batches)),
        words("去交券"),
        "vouchers.batch" if len(batches) == 1 else "vouchers.index",
        COMMITTEE,
        {"batch_id": str(batch_id), "show": "waiting"} if len(batches) == 1 else {"show": "waiting"},
        about,
        since=since,
    )


def _reset_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    known = vouchers.resets(session, guard)
    falls_on = vouchers.to_announce(session, guard, known, at)
    if falls_on is not None:
        yield Case(
            say(words("公告{day}清零"), day=falls_on),
            words("去公告"),
            "vouchers.announce_reset",
            COMMITTEE,
            sub=say(words("要提前三十天；过了时候，这一年就不清了")),
            due_at=village_instant(falls_on - NOTICE, 18),
        )
    for announced in (one for one in known if one.is_announced):
        yield Case(
            say(words("{day}清零"), day=announced.falls_on),
            words("去清零") if village_date(at) >= announced.falls_on else words("看公告"),
            "vouchers.reset",
            COMMITTEE,
            {"reset_id": str(announced.id)},
            say(words("公告以前发的券，到那天没用完的分")),
            opens_at=village_instant(announced.falls_on),
        )
