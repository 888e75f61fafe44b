"""A workbook → the roster in it: which sheets, which columns, a household or a person a row. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from love_market.errors import words
from love_market.people.intake.doubles import without_doubles
from love_market.people.intake.persons import households_of_persons
from love_market.people.intake.roster import REQUIRED, VOCABULARY, ParsedHousehold, ParsedRoster, RefusedRow
from love_market.people.intake.rows import HEAD_RELATIONS, RowReader, RowRefused
from love_market.people.intake.sayings import Saying, clean, say
from love_market.people.rules import number_key
from love_market.workbook import (
    NoUsableHeader,
    Table,
    TableRow,
    Workbook,
    find_table,
    find_table_in,
    holds_identity_number,
    household_number_width,
    is_identity_column,
    without_padding,
)

_NARROWEST = 3
_PERSONS_FROM = 3
"""Without a column of relations: a person a row where at least one row in three repeats the number above it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet's table with what is known of it: usable fields, width of numbers, identity numbers in its columns."""

    table: Table
    fields: frozenset[str]
    width: int
    identity_numbers: int

    @property
    def columns(self) -> dict[str, int]:
        """Where what tells households apart stands: field → column."""
        return {
            field: self.table.columns[field].number
            for field in ("household_number", "head_name", "member_name")
            if field in self.fields
        }


def parse_roster(workbook: Workbook) -> ParsedRoster:
    """Return the roster of a workbook; raise ``NoUsableHeader`` where no sheet names heads or persons.

    The first sheet with a usable header counts, and every further one with the same columns (a sheet a group).
    """
    named = tuple(replace(sheet, name=clean(sheet.name)) for sheet in workbook.sheets)
    sources, unread = _sources(replace(workbook, sheets=named))
    by_person = any(_is_by_person(source) for source in sources)
    households: list[ParsedHousehold] = []
    refused: list[RefusedRow] = []
    covered = 0
    for source in sources:
        readers = [RowReader(row, source.fields, source.width) for row in source.table.rows]
        taken = households_of_persons if by_person else _households
        good, bad = taken(source.table.sheet, readers, _unnumbered(source) if by_person else source.fields)
        households += good
        refused += bad
        covered += sum(reader.covered for reader in readers)
    columns = {source.table.sheet: source.columns for source in sources}
    households, twice = without_doubles(households, refused, columns)
    refused = sorted(
        [*refused, *twice], key=lambda row: ([s.table.sheet for s in sources].index(row.sheet), row.row_number)
    )
    dropped = covered + sum(source.identity_numbers for source in sources)
    return ParsedRoster(
        clean(workbook.filename),
        by_person,
        tuple(households),
        tuple(refused),
        tuple(_notes(sources, unread, by_person=by_person, covered=covered)),
        dropped,
        {source.table.sheet: source.table.header_rows[-1] for source in sources},
        columns,
    )


def _sources(workbook: Workbook) -> tuple[list[Source], list[str]]:
    try:
        first = find_table_in(workbook, VOCABULARY, REQUIRED)
    except NoUsableHeader as refusal:
        raise NoUsableHeader(
            refusal.message, **{name: clean(str(value)) for name, value in refusal.values.items()}
        ) from None
    tables, unread = [first], []
    for sheet in workbook.sheets:
        if sheet.name == first.sheet or sheet.is_blank:
            continue
        try:
            table = None if sheet.hidden else find_table(sheet, VOCABULARY, REQUIRED)
        except NoUsableHeader:
            table = None
        if table is not None and set(table.columns) == set(first.columns):
            tables.append(table)
        else:
            unread.append(sheet.name)
    width = max(_NARROWEST, *(_number_width(table) for table in tables))
    return [_source(table, width) for table in tables], unread


def _number_width(table: Table) -> int:
    column = table.columns.get("household_number")
    cells = [] if column is None else list(table.column_cells(column))
    return 0 if is_identity_column(cells) else household_number_width(cells)


def _source(table: Table, width: int) -> Source:
    """Find the columns of identity numbers, under whatever heading, and take them out of use."""
    identity = {
        field or column.letter: column
        for field, column in [*table.columns.items(), *((None, column) for column in table.others)]
        if field == "identity_number" or is_identity_column(table.column_cells(column))
    }
    numbered = {column.number for column in identity.values()}
    named = {column.number for column in [*table.columns.values(), *table.others]} - numbered
    count = sum(
        cell.column in numbered or holds_identity_number(cell.text)
        for row in table.rows
        for cell in row.row
        if cell.column not in named and not cell.is_blank
    )
    return Source(table, frozenset(set(table.columns) - set(identity)), width, count)


def _relations(source: Source) -> list[str]:
    if "relation" not in source.fields:
        return []
    return [text for row in source.table.rows if (text := without_padding(row["relation"].written))]


def _is_by_person(source: Source) -> bool:
    relations = _relations(source)
    if any(relation not in HEAD_RELATIONS for relation in relations):
        return True
    if {"head_name", "member_name"} <= source.fields:
        return True
    numbers = _numbers(source.table.rows, source)
    repeats = sum(number != "" and number == above for number, above in zip(numbers[1:], numbers, strict=False))
    return "member_count" not in source.fields and repeats * _PERSONS_FROM >= max(len(numbers), 1)


def _numbers(rows: Sequence[TableRow], source: Source) -> list[str]:
    if "household_number" not in source.fields:
        return []
    return [number_key(row["household_number"].text.replace(" ", "")) for row in rows]


def _unnumbered(source: Source) -> frozenset[str]:
    """In a list of persons where every person has a number of their own, it is no number of a household."""
    numbers = [number for number in _numbers(source.table.rows, source) if number]
    is_own = len(numbers) == len(source.table.rows) > 1 and len(set(numbers)) == len(numbers)
    several = any(relation not in HEAD_RELATIONS for relation in _relations(source))
    return source.fields - {"household_number"} if is_own and several else source.fields


def _households(
    sheet: str, readers: Sequence[RowReader], _fields: frozenset[str]
) -> tuple[list[ParsedHousehold], list[RefusedRow]]:
    """Read a household a row."""
    good: list[ParsedHousehold] = []
    bad: list[RefusedRow] = []
    for reader in readers:
        try:
            good.append(_household_of(sheet, reader))
        except RowRefused as refusal:
            row = reader.row
            shown = row["head_name"].written or row["member_name"].written
            bad.append(
                RefusedRow(row.number, sheet, clean(row["household_number"].text)[:20], clean(shown)[:30], refusal.why)
            )
    return good, bad


def _household_of(sheet: str, reader: RowReader) -> ParsedHousehold:
    head_name = reader.name("head_name") or reader.name("member_name")
    if head_name is None:
        raise RowRefused(
            say(words("没有户主姓名。")), reader.row["head_name" if "head_name" in reader.fields else "member_name"]
        )
    number, group_name, grid_name = reader.number(), reader.group(), reader.text("grid", "grid_name")
    phone, note, member_count = reader.phone(), reader.text("note", "note"), reader.member_count()
    return ParsedHousehold(
        row_number=reader.row.number,
        sheet=sheet,
        number=number,
        head_name=head_name,
        group_name=group_name,
        grid_name=grid_name,
        phone=phone,
        note=note,
        member_count=member_count,
        remarks=tuple(reader.remarks),
    )


def _notes(sources: Sequence[Source], unread: Sequence[str], *, by_person: bool, covered: int) -> list[Saying]:
    """Say what was read and how, what was dropped, and what was passed over."""
    notes = [say(words("一行一个人，按户合成了一家一家。") if by_person else words("一行一户。"))]
    numbers = sum(source.identity_numbers for source in sources)
    if numbers:
        notes.append(say(words("身份证号那一列认出来了，{count} 个号码都没有收，也不会保存。"), count=numbers))
    if covered:
        notes.append(say(words("别的列里还有 {count} 处写着身份证号，也都去掉了。"), count=covered))
    unused = Counter(
        clean(column.heading)
        for source in sources
        for column in [*source.table.others, *(source.table.columns[f] for f in ("sex",) if f in source.table.columns)]
        if not is_identity_column(source.table.column_cells(column))
    )
    if unused:
        notes.append(say(words("用不到的列没有收：{columns}。"), columns="、".join(list(unused)[:12])))
    for source in sources:
        notes += [
            say(words("第 {row} 行不是农户，跳过了：{text}"), row=passed.number, text=passed.text)
            for passed in source.table.passed_over
        ][:6]
    if len(sources) > 1:
        notes.append(say(words("读了工作表：{sheets}。"), sheets="、".join(source.table.sheet for source in sources)))
    if unread:
        notes.append(say(words("没有读工作表：{sheets}。"), sheets="、".join(unread[:8])))
    return notes
