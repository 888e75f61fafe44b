"""The statement of a household: its own page, and the same for the committee to print for those with paper only."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _

from love_market.boards.views.room import star_name
from love_market.counter.queries import ProxyLine
from love_market.db import reading
from love_market.people.access import household_guard, staff_guard
from love_market.people.rules import COMMITTEE, Role
from love_market.reports.queries.statement import Statement
from love_market.reports.queries.statement import statement as read_statement
from love_market.reports.views.room import bp, said
from love_market.stock.queries import ShelfGood
from love_market.web.clock import now
from love_market.web.filters import day, moment

_READ_GOODS = 3
_READ_ACTS = 3


@bp.get("/my")
def my() -> str:
    """Show a villager what the household has, why, and what it buys today."""
    guard = household_guard()
    with reading() as session:
        found = read_statement(session, guard, guard.household_id or UUID(int=0), at=now(), year=_year())
    return render_template("reports/my.html", statement=found, spoken=spoken(found), guard=guard)


@bp.get("/v/<village_code>/households/<uuid:household_id>/statement")
def statement(village_code: str, household_id: UUID) -> str:
    """Show the committee a household's statement, to read out or to print in large type."""
    guard = staff_guard(village_code, *COMMITTEE, Role.GRID_WORKER)
    with reading() as session:
        found = read_statement(session, guard, household_id, at=now(), year=_year())
    return render_template("reports/statement.html", statement=found, guard=guard)


def _year() -> int | None:
    return request.args.get("year", type=int)


def spoken(found: Statement) -> str:
    """Return the statement as it is read aloud: what there is, where it came from, what is on notice, what it buys."""
    told = [_("您家现在有 %(points)d 分。", points=found.balance_points)]
    if found.stars.given:
        told.append(
            _("您家是%(year)d年%(stars)s级文明户。", year=found.stars.given_year, stars=star_name(found.stars.given))
        )
    if found.carried_points:
        told.append(_("上次剩下 %(points)d 分。", points=found.carried_points))
    for change in found.changes:
        sentence = _("%(why)s %(points)d 分。") if change.points > 0 else _("%(why)s，减 %(points)d 分。")
        told.append(sentence % {"why": said(change.why), "points": abs(change.points)})
    if found.waiting_points:
        told.append(_("有 %(points)d 分等着发券。", points=found.waiting_points))
    if found.coming_reset:
        falls_on, points = day(found.coming_reset.falls_on), found.coming_reset.points
        told.append(_("%(day)s要清零，到那天没用完的就清掉，您家现在有 %(points)d 分。", day=falls_on, points=points))
    told += [
        _("有一条扣分等您家的话：%(what)s，%(n)s 分，现在还没有扣。", what=one.rule.name, n=-one.points)
        for one in found.unanswered
    ]
    told += [
        _("券 %(points)d 分，%(day)s前用。", points=one.face.balance_points, day=day(one.use_by))
        for one in found.live_vouchers
    ]
    told += [
        _("%(quarter)s正在公示，您家 %(points)d 分，%(when)s 截止，有话可以提。")
        % {"quarter": part.quarter.title, "points": part.points, "when": moment(part.notice_ends_at)}
        for part in found.on_notice
        if found.is_open(part)
    ]
    told += [
        _("%(when)s，%(name)s替您家领走了券，%(points)d 分。") % _of(line)
        if line.act.is_collecting
        else _("%(when)s，%(name)s替您家换了东西，用去 %(points)d 分。") % _of(line)
        for line in found.by_others[:_READ_ACTS]
        if line.act.undone_at is None
    ]
    if found.goods:
        named = "、".join(_("%(good)s %(points)d 分", good=one.name, points=one.points_price) for one in _first(found))
        told.append(_("现在能换%(goods)s。", goods=named))
    return " ".join(told)


def _of(line: ProxyLine) -> dict[str, object]:
    return {"when": day(line.act.acted_at), "name": line.act.proxy.name, "points": line.points}


def _first(found: Statement) -> Sequence[ShelfGood]:
    return found.goods[:_READ_GOODS]
