"""What a meeting votes on: changes that somebody asks for, and the votes themselves, each kept as it is taken."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.models import AppraisalRow, Proposal, Resolution
from love_market.appraisals.queries import MeetingRecord
from love_market.appraisals.rules import (
    About,
    Votes,
    check_quorum,
    check_votes,
    is_carried,
    recused_at,
    tally,
    typed_part,
)
from love_market.appraisals.rules.refusals import (
    ChangesNothing,
    DeductionAtMeeting,
    KeyOfOther,
    NobodyRecuses,
    NoMeeting,
    NoSuchProposal,
    NotOnPanel,
    UnknownHousehold,
    UnknownRule,
    VotedMeanwhile,
)
from love_market.appraisals.service.meeting import going_on
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds.queries import RuleRecord
from love_market.errors import Invalid, words
from love_market.people.rules import Guard

LONGEST_REASON = 200
_REUSED = words("这个操作号已经用在别的事上了，请刷新页面再来一次。")


def propose(  # noqa: PLR0913 what somebody asks for
    session: Session,
    guard: Guard,
    quarter: Quarter,
    *,
    key: UUID,
    household_id: UUID,
    rule_id: UUID,
    points: int,
    reason: str,
    raised_by: UUID,
    at: datetime,
) -> UUID:
    """Put a change on the agenda: a household's total under one rule, asked for by somebody here; return ``key``.

    Raises ``DeductionAtMeeting`` where something would be taken off, ``ChangesNothing`` where the cap or the floor
    leaves the points as they are, ``UnknownHousehold``, ``UnknownRule``, ``NotOnPanel``, ``NoMeeting``, ``Invalid``
    for a reason missing or too long, ``KeyOfOther``, and what a cell's total may raise.
    """
    row, meeting = going_on(session, guard, quarter)
    before = session.get(Proposal, (guard.market_id, key))
    if before is not None:
        if (before.meeting_id, before.household_id, before.rule_id) != (meeting.id, household_id, rule_id):
            raise KeyOfOther(_REUSED)
        return key
    line = session.get(AppraisalRow, (guard.market_id, row.id, household_id))
    if line is None:
        raise UnknownHousehold(words("名单里没有这一户。请核对户号。"))
    if raised_by not in _here(session, guard, row.id):
        raise NotOnPanel(words("提议的人要是到会的评议员。请先点到。"))
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise Invalid(words("请写上为什么要改，最多 {most} 字。"), most=LONGEST_REASON)
    rules = deeds.rules(session, guard, row.rule_version_id)
    counted = queries.counted_before(session, guard, quarter).get(household_id, {})
    session.add(
        Proposal(
            market_id=guard.market_id,
            id=key,
            meeting_id=meeting.id,
            household_id=household_id,
            rule_id=rule_id,
            points_before=_checked_change(line, rules, counted, rule_id, points),
            points=points,
            reason=reason.strip(),
            raised_by=raised_by,
            raised_at=at,
        )
    )
    session.flush()
    return key


def drop_proposal(session: Session, guard: Guard, quarter: Quarter, proposal_id: UUID) -> None:
    """Take a proposal off the agenda before it is voted on; one that is gone stays gone. Raise ``VotedMeanwhile``."""
    row, _ = going_on(session, guard, quarter)
    sitting = queries.sitting(session, guard, row.id)
    item = next((one for one in sitting.items if one.about.proposal_id == proposal_id), None) if sitting else None
    if item is None:
        return
    if item.vote is not None:
        raise VotedMeanwhile(words("这一条已经表决过，不能撤下；要改，请再表决一次。"))
    session.delete(session.get_one(Proposal, (guard.market_id, proposal_id)))
    session.flush()


def vote(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    about: About,
    *,
    votes: Votes,
    key: UUID,
    at: datetime,
    seen: int | None = None,
) -> bool:
    """Take the votes on an item of those here who need not recuse; return whether it is carried.

    Voted on again, the last vote counts. ``seen`` is the number of the vote that the page showed. Raises
    ``QuorumMissing``, ``VotesDoNotAddUp``, ``NobodyRecuses``, ``NoSuchProposal``, ``VotedMeanwhile``, ``NoMeeting``,
    ``KeyOfOther``.
    """
    row, meeting = going_on(session, guard, quarter)
    before = session.get(Resolution, (guard.market_id, key))
    if before is not None:
        if (before.meeting_id, About(before.household_id, before.proposal_id)) != (meeting.id, about):
            raise KeyOfOther(_REUSED)
        return before.carried
    sitting = queries.sitting(session, guard, row.id)
    if sitting is None:
        raise NoMeeting(words("评议会还没有开始记。"))
    item = sitting.item(about)
    if item is None:
        if about.proposal_id is not None:
            raise NoSuchProposal(words("这一条已经撤下了。请刷新页面。"))
        raise NobodyRecuses(words("这一户现在没有要回避的人，跟整张名单一起表决就行。请刷新页面。"))
    if seen is not None and seen != (item.vote.number if item.vote else 0):
        raise VotedMeanwhile(words("这一项别的设备刚记过表决。请看过结果，要改再记。"))
    check_quorum(sitting.here_count, len(sitting.members))
    name = f"{item.household.number} 户" if item.household else words("整张名单")
    check_votes(votes, item.eligible_count, name)
    here = {member.id for member in sitting.members if member.is_here}
    kin = queries.kin_on_list(session, guard, row.id, queries.kin_of_panel(session, guard))
    recused = recused_at(about, kin, here)
    return resolve(session, guard, sitting.meeting, about, votes, here - recused, recused, key=key, at=at)


def resolve(
    session: Session,
    guard: Guard,
    meeting: MeetingRecord,
    about: About,
    votes: Votes,
    voters: Collection[UUID],
    recused: Collection[UUID],
    *,
    key: UUID,
    at: datetime,
) -> bool:
    """Write down a vote that was checked, as the last of its meeting; return whether it is carried."""
    carried = is_carried(votes, len(voters))
    session.add(
        Resolution(
            market_id=guard.market_id,
            id=key,
            meeting_id=meeting.id,
            household_id=about.household_id,
            proposal_id=about.proposal_id,
            number=max((one.number for one in meeting.resolutions), default=0) + 1,
            recused_count=len(recused),
            votes_for=votes.for_,
            votes_against=votes.against,
            votes_abstained=votes.abstained,
            carried=carried,
            voters=sorted(one.hex for one in voters),
            recused=sorted(one.hex for one in recused),
            voted_at=at,
        )
    )
    session.flush()
    return carried


def _here(session: Session, guard: Guard, appraisal_id: UUID) -> frozenset[UUID]:
    sitting = queries.sitting(session, guard, appraisal_id)
    return frozenset(member.id for member in sitting.members if member.is_here) if sitting else frozenset()


def _checked_change(
    line: AppraisalRow, rules: Sequence[RuleRecord], counted: Mapping[str, int], rule_id: UUID, points: int
) -> int:
    """Return the total that a row has under a rule, once it may become ``points``; raise as ``propose`` does."""
    rule = next((one for one in rules if one.id == rule_id), None)
    if rule is None:
        raise UnknownRule(words("这一项不在本季的细则里。请刷新页面。"))
    entered = {one["code"]: int(one["entered"]) for one in line.lines}
    was = entered.get(rule.code, 0)
    total = typed_part(points, 0, rule)
    if rule.points < 0 and total < was:
        raise DeductionAtMeeting(
            words("{name}是扣分项，不能在会上加扣。扣分要先告知本户、听他申辩，请走扣分的程序。"), name=rule.name
        )
    if tally(entered | {rule.code: points}, rules, counted).points == line.points:
        raise ChangesNothing(
            words("{name}从 {was} 分改成 {points} 分，这一户的总分还是 {total} 分（封顶或不减到 0 以下）。不用表决。"),
            name=rule.name,
            was=was,
            points=points,
            total=line.points,
        )
    return was
