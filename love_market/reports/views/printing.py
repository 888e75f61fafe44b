"""The page that lists every paper of a village: what it is for, of which quarter, one tap away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import current_app, g, render_template, request, url_for

from love_market.clock import Quarter, village_date
from love_market.db import reading
from love_market.errors import words
from love_market.paper import is_private, package_with
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, Role
from love_market.reports.queries import printing
from love_market.reports.queries.printing import HardName, Subject
from love_market.reports.rules import Sentence
from love_market.reports.views.room import bp
from love_market.web.clock import now

READERS = frozenset(COMMITTEE | OVERSEERS)


@dataclass(frozen=True, slots=True)
class Paper:
    """A line of the list: a paper, what it is for, and where it is.

    ``of`` is what it is about, one of the kinds of ``printing.subjects``; while there is none, ``until`` says what it
    waits for. ``ways`` are the ways to print it ``(label, what else the address asks)``. It is listed once a page of
    this ``endpoint`` exists, for those with one of the ``roles`` that may open it.
    """

    title: str
    purpose: str
    endpoint: str
    of: str = "quarter"
    until: str = ""
    ways: tuple[tuple[str, dict[str, str]], ...] = ((words("打印"), {}),)
    roles: frozenset[Role] = frozenset(COMMITTEE)


_OPEN: tuple[tuple[str, dict[str, str]], ...] = ((words("去打印"), {}),)
_NO_NOTICE = words("公示以后才有")

PAPERS: tuple[tuple[str, tuple[Paper, ...]], ...] = (
    (
        words("这个季度的"),
        (
            Paper(
                words("事迹登记册"),
                words("一季里认可的好事，签字存档"),
                "deeds.register_pdf",
                ways=((words("按户"), {}), (words("按日子"), {"by": "day"})),
                roles=READERS,
            ),
            Paper(
                words("评议会议程和名单"),
                words("开会时发给评议员"),
                "appraisals.agenda_pdf",
                "submitted",
                words("提交评议以后才有"),
            ),
            Paper(words("评议会记录"), words("到会的人签字"), "appraisals.minutes_pdf", "met", words("开过评议会才有")),
            Paper(
                words("公示表"),
                words("贴在公示栏上"),
                "appraisals.notice_pdf",
                "notice",
                _NO_NOTICE,
                ((words("A4"), {}), (words("A3"), {"size": "a3"})),
                READERS,
            ),
            Paper(
                words("异议登记表"),
                words("空白的，放在公示旁边，撕下回执给提的人"),
                "appraisals.objection_forms_pdf",
                "notice",
                _NO_NOTICE,
                ((words("1—5 号"), {}), (words("6—10 号"), {"first": "6"})),
            ),
            Paper(
                words("登记的异议和答复书"),
                words("一件一张，答复书送到户里签收"),
                "appraisals.objections",
                "notice",
                _NO_NOTICE,
                _OPEN,
            ),
            Paper(words("积分券"), words("裁开、盖章、发给各户"), "vouchers.sheet", "batch", words("发券以后才有")),
            Paper(words("领取签字表"), words("领券的人签字"), "vouchers.sign_for", "batch", words("发券以后才有")),
            Paper(
                words("户积分存折"),
                words("每户一页：得的分、结转、券、用在哪了；一张 A4 裁成两户"),
                "reports.booklets_pdf",
                "notice",
                _NO_NOTICE,
                ((words("全村"), {}),),
            ),
            Paper(words("季度报表"), words("一页，报乡镇"), "reports.report_pdf", roles=READERS),
        ),
    ),
    (
        words("平常用的"),
        (
            Paper(
                words("积分细则"),
                words("贴在墙上"),
                "deeds.wall_pdf",
                "version",
                words("定了细则才有"),
                ((words("A4"), {}), (words("A3"), {"size": "a3"})),
                READERS,
            ),
            Paper(words("扣分告知单"), words("扣分以前送到户里，有话可以说"), "deeds.penalties", "village", ways=_OPEN),
            Paper(words("户卡"), words("扫码看自家积分"), "people.cards", "village", ways=_OPEN),
            Paper(words("一户的积分清单"), words("大字，念给不用手机的人听"), "people.index", "village", ways=_OPEN),
            Paper(words("代领登记表"), words("谁替谁领、替谁换，留作凭据"), "counter.proxies", "village", ways=_OPEN),
            Paper(
                words("盘点表"),
                words("点货用，不印账上的数"),
                "stock.sheet_pdf",
                "stocktake",
                words("开始盘点才有"),
            ),
            Paper(words("停电本"), words("没电没网时手写，回头录进来"), "counter.slips.index", "village", ways=_OPEN),
            Paper(
                words("星级文明户名单"),
                words("公布以后贴在墙上"),
                "boards.stars_pdf",
                "stars",
                words("过完年、公布以后才有"),
                roles=READERS,
            ),
            Paper(
                words("积分清零公告"),
                words("清零前贴出去"),
                "vouchers.reset_notice",
                "reset",
                words("公告清零以后才有"),
            ),
        ),
    ),
)
"""Every paper there is, in the order in which a quarter needs them: another one is another line here."""


@dataclass(frozen=True, slots=True)
class Way:
    """A button of a line: where it leads, and what it says."""

    url: str
    label: str
    said: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A paper as the page shows it; without ways it says what it waits for."""

    paper: Paper
    ways: Sequence[Way] = field(default_factory=tuple)


@bp.get("/v/<village_code>/papers")
def papers_list(village_code: str) -> str:
    """All papers of a village and a quarter, by default the newest that was put on notice."""
    guard = staff_guard(village_code, *READERS)
    asked = request.args.get("quarter", "")
    with reading() as session:
        known = printing.quarters(session, guard)
        newest = next((one for one in known if one.is_on_notice), next(iter(known), None))
        usual = newest.quarter if newest else Quarter.of(village_date(now())).previous()
        quarter = Quarter.parse(asked) if asked else usual
        subjects = printing.subjects(session, guard, quarter)
    return render_template(
        "reports/papers.html",
        quarter=quarter,
        quarters=list(dict.fromkeys([*(one.quarter for one in known), quarter])),
        groups=[(title, lines) for title, listed in PAPERS if (lines := _lines(guard, listed, subjects))],
    )


@dataclass(frozen=True, slots=True)
class Unprintable:
    """The names that lack a character here, the packages that would draw some, and whether some are private."""

    names: Sequence[HardName]
    packages: Sequence[str]
    has_private: bool


@bp.app_context_processor
def _before_printing() -> dict[str, object]:
    """Offer to every page that leads to a paper what its printer must know."""
    return {"unprintable": unprintable}


def unprintable() -> Unprintable:
    """Return what no font here can draw of the names of the village that this page is of."""
    guard: Guard = g.guard
    with reading() as session:
        names = printing.hard_names(session, guard)
    characters = dict.fromkeys("".join(one.missing for one in names))
    packages = sorted({package for one in characters if (package := package_with(one))})
    return Unprintable(names, packages, any(map(is_private, characters)))


def _lines(guard: Guard, listed: Sequence[Paper], subjects: Mapping[str, Sequence[Subject]]) -> list[Line]:
    here = current_app.view_functions
    return [
        Line(paper, [way for subject in subjects[paper.of] for way in _ways(paper, subject)])
        for paper in listed
        if paper.endpoint in here and paper.roles & guard.roles
    ]


def _ways(paper: Paper, subject: Subject) -> list[Way]:
    return [
        Way(url_for(paper.endpoint, **(dict(subject.args) | others)), label, subject.said)
        for label, others in paper.ways
    ]
