"""Households that stand in a roster twice. Pure."""

from collections.abc import Mapping, Sequence

from love_market.errors import words
from love_market.people.intake.roster import ParsedHousehold, RefusedRow, column_of
from love_market.people.intake.sayings import say
from love_market.people.rules import number_key


def without_doubles(
    households: Sequence[ParsedHousehold], refused: Sequence[RefusedRow], columns: Mapping[str, Mapping[str, int]]
) -> tuple[list[ParsedHousehold], list[RefusedRow]]:
    """Refuse a household that stands there twice: a repetition once more, two different ones under one number both.

    A row that was ``refused`` for something else still has its number: no other household takes it in its stead.
    """
    held = {number_key(row.number): row for row in refused if row.number and row.name}
    places: dict[tuple[str, ...], list[ParsedHousehold]] = {}
    for each in households:
        name = ("name", each.head_name, each.group_name or "")
        places.setdefault(name if each.number is None else ("number", number_key(each.number)), []).append(each)
    good: list[ParsedHousehold] = []
    bad: list[RefusedRow] = []
    for same in places.values():
        kept, *others = same
        other = held.get(number_key(kept.number)) if kept.number else None
        if other is not None and any(each.head_name != other.name for each in same):
            bad += [_twice(each, other.row_number, other.name, columns) for each in same]
            continue
        if len({each.head_name for each in same}) == 1:
            good.append(kept)
            bad += [_twice(each, kept.row_number, kept.head_name, columns) for each in others]
        else:
            pairs = [(each, others[0] if each is kept else kept) for each in same]
            bad += [_twice(each, other.row_number, other.head_name, columns) for each, other in pairs]
    order = {id(each): at for at, each in enumerate(households)}
    return sorted(good, key=lambda each: order[id(each)]), bad


def _twice(each: ParsedHousehold, row: int, name: str, columns: Mapping[str, Mapping[str, int]]) -> RefusedRow:
    if each.number is None:
        why = say(words("和第 {row} 行同组同名，又没有户编号，分不清是不是一户。请填户编号。"), row=row)
    elif each.head_name == name:
        why = say(words("和第 {row} 行是同一户，重复了，只收第 {row} 行。"), row=row)
    else:
        why = say(
            words("户编号和第 {row} 行的{name}家相同，两行都没有收。请核对编号。"),
            row=row,
            name=name,
        )
    why = why.at(each.row_number, column_of(columns, each.sheet, "household_number"))
    return RefusedRow(each.row_number, each.sheet, each.number or "", each.head_name, why)
