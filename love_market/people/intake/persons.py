"""A roster of one row a person → its households. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from love_market.errors import words
from love_market.people.intake.roster import ParsedHousehold, ParsedMember, RefusedRow
from love_market.people.intake.rows import HEAD_RELATIONS, RowReader, RowRefused
from love_market.people.intake.sayings import Saying, clean, say
from love_market.people.rules import number_key
from love_market.workbook import Cell

_HEAD = "户主"


@dataclass
class _Person:
    reader: RowReader
    name: str
    relation: str


@dataclass
class _Gathered:
    """The rows of one household, as far as they have been read."""

    first: RowReader
    key: str
    number: str | None
    head_name: str | None
    persons: list[_Person] = field(default_factory=list)
    why: Saying | None = None


def households_of_persons(
    sheet: str, readers: Sequence[RowReader], fields: frozenset[str]
) -> tuple[list[ParsedHousehold], list[RefusedRow]]:
    """Gather persons into households: by number, else by the head's name, else from one head to the next.

    A household with a row that cannot be taken in, without a head or with two, is refused as a whole.
    """
    gathered: list[_Gathered] = []
    for reader in readers:
        reader.fields = fields
        _gather(reader, gathered)
    good: list[ParsedHousehold] = []
    bad: list[RefusedRow] = []
    for each in gathered:
        try:
            good.append(_household(sheet, each))
        except RowRefused as refusal:
            row = each.first.row
            name = each.head_name or (each.persons[0].name if each.persons else clean(row["member_name"].written))
            number = each.number or clean(row["household_number"].text) if "household_number" in fields else ""
            bad.append(RefusedRow(row.number, sheet, number[:20], name[:30], refusal.why))
    return good, bad


def _gather(reader: RowReader, gathered: list[_Gathered]) -> None:
    """Put one row to its household, beginning a new one where it does."""
    why, number, head_name, name, relation = None, None, None, None, ""
    try:
        number, head_name, relation = reader.number(), reader.name("head_name"), reader.relation()
        name = reader.name("member_name") or (head_name if "member_name" not in reader.fields else None)
    except RowRefused as refusal:
        why = say(words("第 {row} 行：{why}"), row=reader.row.number, why=refusal.why.text)
        why = why.at(refusal.why.row or reader.row.number, refusal.why.column)
    if name is None and why is None:
        why = say(words("第 {row} 行没有姓名。"), row=reader.row.number).about(_name_cell(reader))
    is_head = relation in HEAD_RELATIONS
    key = _key(reader, number, head_name)
    if number is None and gathered and not is_head and gathered[-1].head_name in {head_name, name} - {None}:
        key = ""
    home = _home_of(gathered, key, begins=is_head)
    if home is None:
        home = _Gathered(reader, key, number, head_name)
        gathered.append(home)
    home.head_name = home.head_name or head_name
    home.why = home.why or why
    if name is not None:
        home.persons.append(_Person(reader, name, _HEAD if is_head else relation))


def _name_cell(reader: RowReader) -> Cell:
    return reader.row["member_name" if "member_name" in reader.fields else "head_name"]


def _key(reader: RowReader, number: str | None, head_name: str | None) -> str:
    """What a row's household is known by; empty where the row itself does not say."""
    if number is not None:
        return f"number {number_key(number)}"
    if head_name is not None and "member_name" in reader.fields:
        return f"head {head_name} {reader.row['group'].text}"
    return ""


def _home_of(gathered: Sequence[_Gathered], key: str, *, begins: bool) -> _Gathered | None:
    if key:
        return next((each for each in reversed(gathered) if each.key == key), None)
    return None if begins or not gathered else gathered[-1]


def _household(sheet: str, home: _Gathered) -> ParsedHousehold:
    if home.why is not None:
        raise RowRefused(home.why)
    head = _head_of(home)
    lead = head.reader if head is not None else home.first
    others = [person for person in home.persons if person is not head]
    named = ([ParsedMember(head.name, _HEAD)] if head else []) + [ParsedMember(p.name, p.relation) for p in others]
    said, group_name, grid_name = lead.member_count(), lead.group(), lead.text("grid", "grid_name")
    note, phone = lead.text("note", "note"), lead.phone()
    for other in others:
        phone = phone or other.reader.phone()
    remarks = [remark for person in home.persons for remark in person.reader.remarks]
    if said is not None and said != len(named):
        remarks.append(say(words("写着 {said} 口人，列了 {listed} 个，按列出的记。"), said=said, listed=len(named)))
    return ParsedHousehold(
        row_number=home.first.row.number,
        sheet=sheet,
        number=home.number,
        head_name=head.name if head is not None else home.head_name or "",
        group_name=group_name,
        grid_name=grid_name,
        phone=phone,
        note=note,
        member_count=len(named),
        members=tuple(named),
        remarks=tuple(remarks),
    )


def _head_of(home: _Gathered) -> _Person | None:
    """The head among the persons; None where a column names a head who is not listed."""
    heads = [person for person in home.persons if person.relation == _HEAD]
    if len(heads) > 1:
        raise RowRefused(
            say(words("有两个户主：{first}和{second}。请只留一个。"), first=heads[0].name, second=heads[1].name),
            heads[1].reader.row["relation"],
        )
    if heads:
        return heads[0]
    if home.head_name is not None:
        return next((person for person in home.persons if person.name == home.head_name), None)
    if any(person.relation for person in home.persons):
        why = say(words("这一户没有写谁是户主。请在“与户主关系”里写上户主。"))
        raise RowRefused(why, home.first.row["relation"])
    return home.persons[0]
