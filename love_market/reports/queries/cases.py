"""What waits for somebody outside the quarter: the first steps, deeds, vouchers, the shelf."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from love_market.boards import queries as boards
from love_market.clock import Quarter, village_date, village_instant
from love_market.deeds import queries as deeds
from love_market.errors import words
from love_market.people.models import Household
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.reports.queries.progress import Progress
from love_market.reports.rules import Case, say
from love_market.stock import queries as stock
from love_market.stock.queries import ShelfGood
from love_market.stock.queries.left import LotLeft, by_expiry
from love_market.vouchers import queries as vouchers
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.live import is_live
from love_market.vouchers.rules import NOTICE, State

_SHELF_KEEPERS = COMMITTEE | {Role.CLERK}
_NAMED = 3


def first_steps(
    session: Session, guard: Guard, quarters: Sequence[Progress], shelf: Sequence[ShelfGood], at: datetime
) -> Iterator[Case]:
    """Yield what a village has to set up before its first quarter, and the next quarter to be opened."""
    has_households = session.scalar(_any_household(guard)) is not None
    has_rules = deeds.current_version(session, guard) is not None
    if not has_households:
        yield Case(
            say(words("导入农户名册")),
            words("去导入"),
            "people.roster",
            COMMITTEE,
            sub=say(words("用村里现成的表就行，先看一遍再写入；身份证号不会存")),
        )
    if not has_rules:
        yield Case(
            say(words("定下积分细则")),
            words("看细则"),
            "deeds.rules",
            COMMITTEE,
            sub=say(words("可以先用通用的一版，再照村民代表会议定的改")),
        )
    if not shelf:
        yield Case(
            say(words("把货架上的东西记进来")),
            words("去添货"),
            "stock.index",
            _SHELF_KEEPERS,
            sub=say(words("每样东西值多少分、还有多少件，记了才能兑换")),
        )
    due = Quarter.of(village_date(at)).previous()
    if has_households and has_rules and (not quarters or quarters[0].appraisal.quarter < due):
        yield Case(
            say(words("开{quarter}的评分"), quarter=due.title),
            words("去开评分"),
            "appraisals.index",
            COMMITTEE,
            sub=say(words("定下额度，认可了的好事会自己算进去")),
        )


def star_cases(session: Session, guard: Guard, at: datetime) -> Iterator[Case]:
    """Yield last year's star households, while they wait to be published."""
    year = boards.due_year(session, guard, at)
    if year is not None:
        yield Case(
            say(words("公布{year}年的星级文明户"), year=str(year)),
            words("去看名单"),
            "boards.stars",
            frozenset({Role.CHAIR}),
            sub=say(words("各季都认定了，名单由账本算好了")),
        )


def deed_cases(session: Session, guard: Guard) -> Iterator[Case]:
    """Yield the deeds that wait, first reviews and second ones: those for me, and those for others."""
    kinds: dict[tuple[bool, bool, str], list[deeds.Waiting]] = {}
    for each in deeds.waiting(session, guard).values():
        mine = guard.staff_id in each.circle.staff_ids
        kinds.setdefault((mine, each.is_first, "" if mine else each.circle.title), []).append(each)
    for (mine, is_first, whom), found in kinds.items():
        template = words("初审好事：{count} 件") if is_first else words("复核好事：{count} 件")
        yield Case(
            say(template, count=len(found)),
            words("去初审") if is_first else words("去复核"),
            "deeds.index",
            guard.roles if mine else frozenset(),
            {"state": "claimed"},
            say(words("先由网格员初审，再由村委会复核；自己报的、自家和亲属家的不审")),
            whom=whom,
            since=found[0].recorded_at,
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
    for batch_id, quarter, issued_at, count in session.execute(_not_handed_over(guard)):
        yield Case(
            say(words("交券：还有 {count} 张没交到户里"), count=count),
            words("去交券"),
            "vouchers.batch",
            COMMITTEE,
            {"batch_id": str(batch_id)},
            say(words("{quarter}，{day}发的；领的人要签字"), quarter=Quarter.parse(quarter).title, day=issued_at),
            since=issued_at,
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


def stock_cases(
    session: Session, guard: Guard, shelf: Sequence[ShelfGood], lots: Sequence[LotLeft], at: datetime
) -> Iterator[Case]:
    """Yield an open stocktake, goods past their date or near it, and goods that run low."""
    stocktake = stock.open_stocktake(session, guard)
    if stocktake is not None:
        opened_it = stocktake.opened_by == guard.actor
        yield Case(
            say(words("{day}开始的盘点还没有完"), day=stocktake.opened_at),
            words("接着盘") if opened_it else words("去看"),
            "stock.stocktake",
            _SHELF_KEEPERS,
            {"stocktake_id": str(stocktake.id)},
            say(words("在场监督：{name}。点完由另一个人核对入账"), name=stocktake.supervisor_name),
            since=stocktake.opened_at,
        )
    expired, near = by_expiry(lots, at)
    if expired:
        yield Case(
            say(words("{goods}过了保质期，要报损"), goods=_named([lot.title for lot in expired])),
            words("去报损"),
            "stock.watch",
            _SHELF_KEEPERS,
            sub=say(words("{count} 批，兑换台已经不给这几批"), count=len(expired)),
        )
    if near:
        yield Case(
            say(
                words("{goods}快到保质期"), goods=_named([f"{lot.title} {lot.quantity}{lot.unit_name}" for lot in near])
            ),
            words("看这批") if len(near) == 1 else words("看这几批"),
            "stock.watch",
            _SHELF_KEEPERS,
            sub=say(words("可以先摆到货架前排")),
            due_at=village_instant(near[0].expires_on, 18) if near[0].expires_on else None,
        )
    low = [one.title for one in shelf if one.low]
    if low and len(low) < len(shelf):
        yield Case(
            say(words("{count} 样货不多了"), count=len(low)),
            words("看库存"),
            "stock.watch",
            _SHELF_KEEPERS,
            sub=say("{goods}", goods=_named(low)),
        )


def _any_household(guard: Guard) -> Select[UUID]:
    return (
        select(Household.id)
        .where(Household.market_id == guard.market_id, Household.village_code == guard.village_code)
        .limit(1)
    )


def _not_handed_over(guard: Guard) -> Select[UUID, str, datetime, int]:
    return (
        select(VoucherBatch.id, VoucherBatch.quarter, VoucherBatch.issued_at, func.count())
        .join(Voucher, (Voucher.market_id == VoucherBatch.market_id) & (Voucher.batch_id == VoucherBatch.id))
        .where(
            VoucherBatch.market_id == guard.market_id,
            VoucherBatch.village_code == guard.village_code,
            is_live(),
            Voucher.state == State.ISSUED,
        )
        .group_by(VoucherBatch.id, VoucherBatch.quarter, VoucherBatch.issued_at)
        .order_by(VoucherBatch.issued_at)
    )


def _named(titles: Sequence[str]) -> str:
    """Return the first few of some names, joined."""
    distinct = list(dict.fromkeys(titles))
    return "、".join(distinct[:_NAMED]) + ("…" if len(distinct) > _NAMED else "")
