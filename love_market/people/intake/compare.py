"""A roster against the books, household by household. Pure."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from love_market.errors import words
from love_market.people.intake.plan import Change, KnownHousehold, PlanRow, RosterPlan
from love_market.people.intake.roster import (
    FIELD_LABELS,
    MEMBERS_LABEL,
    ParsedHousehold,
    ParsedMember,
    ParsedRoster,
    column_of,
)
from love_market.people.intake.sayings import Saying, say
from love_market.people.rules import number_key

# A longer number is no running number but a register's, so the next free one is not counted from it.
_LONGEST_RUNNING_NUMBER = 6


def compare(parsed: ParsedRoster, known: Sequence[KnownHousehold]) -> RosterPlan:
    """Return what a roster would do to a village's households, in the roster's order.

    A household is found by its number; without one by its head and group; else it is new and takes the next free
    number. Nothing is ever deleted.
    """
    matcher = _Matcher(known, parsed)
    rows = [matcher.row(each) for each in parsed.households]
    rows += [
        PlanRow(each.row_number, each.sheet, "refused", each.number, each.name, sayings=(each.why,))
        for each in parsed.refused
    ]
    sheets = list(dict.fromkeys(row.sheet for row in rows))
    rows.sort(key=lambda row: (sheets.index(row.sheet), row.row_number))
    named = {row.household_id for row in rows if row.household_id} | matcher.doubted
    refused_numbers = {number_key(row.number) for row in rows if row.action == "refused" and row.number}
    missing = tuple(
        each
        for each in known
        if each.id not in named and each.left_on is None and number_key(each.number) not in refused_numbers
    )
    return RosterPlan(parsed.filename, tuple(rows), missing, parsed.notes, parsed.identity_numbers_dropped)


class _Matcher:
    """Finds each household of a roster in the books; hands out numbers to the new ones."""

    def __init__(self, known: Sequence[KnownHousehold], roster: ParsedRoster) -> None:
        parsed, self.columns = roster.households, roster.columns
        self.by_number = {number_key(each.number): each for each in known}
        self.by_name: dict[str, list[KnownHousehold]] = {}
        for each in known:
            self.by_name.setdefault(each.head_name, []).append(each)
        self.taken = set(self.by_number) | {number_key(each.number) for each in parsed if each.number is not None}
        self.used: set[UUID] = set()
        self.doubted: set[UUID] = set()
        self.next = 1 + max(
            (int(key) for key in self.taken if key.isdecimal() and len(key) <= _LONGEST_RUNNING_NUMBER), default=0
        )

    def row(self, parsed: ParsedHousehold) -> PlanRow:
        """Return the line of one household."""
        said: list[Saying] = []
        if parsed.number is not None:
            found, number = self.by_number.get(number_key(parsed.number)), parsed.number
        else:
            candidates = self._of_name(parsed)
            if len(candidates) > 1:
                self.doubted |= {each.id for each in candidates}
                why = say(words("没有户编号，册上同名的有几户，分不清是哪一户。请填户编号。"))
                return self._refusal(parsed, why)
            found = candidates[0] if candidates else None
            number = found.number if found else self._free_number()
            if found is None:
                said.append(say(words("没有户编号，编为 {number}。"), number=number))
        if found is not None and found.id in self.used:
            why = say(words("和表里另一行是册上的同一户（{number}）。请核对。"), number=found.number)
            return self._refusal(parsed, why)
        if found is None:
            return _made(parsed, number, said)
        self.used.add(found.id)
        return _changed(parsed, found)

    def _of_name(self, parsed: ParsedHousehold) -> list[KnownHousehold]:
        same = self.by_name.get(parsed.head_name, [])
        in_group = [each for each in same if parsed.group_name is None or each.group_name == parsed.group_name]
        return [each for each in in_group if each.left_on is None] or in_group

    def _refusal(self, parsed: ParsedHousehold, why: Saying) -> PlanRow:
        return PlanRow(
            parsed.row_number,
            parsed.sheet,
            "refused",
            parsed.number or "",
            parsed.head_name,
            parsed.group_name or "",
            (why.at(parsed.row_number, column_of(self.columns, parsed.sheet, "household_number")),),
        )

    def _free_number(self) -> str:
        number, self.next = f"{self.next:03}", self.next + 1
        return number


def _made(parsed: ParsedHousehold, number: str, said: Sequence[Saying]) -> PlanRow:
    household = KnownHousehold(
        id=UUID(int=0),
        number=number,
        head_name=parsed.head_name,
        group_name=parsed.group_name or "",
        grid_name=parsed.grid_name or "",
        phone=parsed.phone or "",
        note=parsed.note or "",
        member_count=parsed.member_count or 1,
        members=parsed.members or (),
        left_on=None,
    )
    if parsed.member_count is None:
        said = [*said, say(words("没有写人口，先记 1 人。"))]
    return PlanRow(
        parsed.row_number,
        parsed.sheet,
        "made",
        number,
        household.head_name,
        household.group_name,
        (*said, *parsed.remarks),
        household=household,
    )


def _changed(parsed: ParsedHousehold, known: KnownHousehold) -> PlanRow:
    household = KnownHousehold(
        id=known.id,
        number=known.number,
        head_name=parsed.head_name,
        group_name=known.group_name if parsed.group_name is None else parsed.group_name,
        grid_name=known.grid_name if parsed.grid_name is None else parsed.grid_name,
        phone=known.phone if parsed.phone is None else parsed.phone,
        note=known.note if parsed.note is None else parsed.note,
        member_count=known.member_count if parsed.member_count is None else parsed.member_count,
        members=known.members if parsed.members is None else parsed.members,
        left_on=None,
    )
    changes = tuple(_changes(known, household))
    return PlanRow(
        parsed.row_number,
        parsed.sheet,
        "changed" if changes else "same",
        known.number,
        household.head_name,
        household.group_name,
        parsed.remarks,
        changes,
        household,
        known.id,
    )


def _changes(before: KnownHousehold, after: KnownHousehold) -> Iterator[Change]:
    for name, label in FIELD_LABELS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(label, str(old), str(new))
    if before.members != after.members:
        yield Change(MEMBERS_LABEL, _named(before.members), _named(after.members))
    if before.left_on is not None:
        yield Change(words("在不在村"), before.left_on.isoformat(), words("回村"))


def _named(members: Sequence[ParsedMember]) -> str:
    return "、".join(f"{each.name}（{each.relation}）" if each.relation else each.name for each in members)
