"""A workbook of goods against the market's, good by good. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from love_market.errors import words
from love_market.people.intake import Change, Saying
from love_market.people.intake.sayings import say
from love_market.stock.intake.goods import GoodFigures, KnownGood, ParsedGood, ParsedGoods
from love_market.stock.intake.plan import Plan, PlanRow

USUAL_LOW_STOCK_QUANTITY = 5
FIELD_LABELS = {
    "name": words("名称"),
    "spec": words("规格"),
    "unit_name": words("单位"),
    "barcode": words("条形码"),
    "points_price": words("积分价"),
    "low_stock_quantity": words("低库存线"),
    "tracks_expiry": words("记保质期"),
}


def compare_goods(parsed: ParsedGoods, known: Sequence[KnownGood]) -> Plan[KnownGood]:
    """Return what a list would do to the market's goods, in the list's order; nothing is ever taken off the shelf.

    A good is known by its name and spec, or else by its barcode, under which it may be renamed; else it is new.
    """
    matcher = _Matcher(parsed, known)
    rows = tuple(matcher.row(row) for row in parsed.rows)
    return Plan(parsed.filename, parsed.sheet, parsed.header_row, rows, parsed.notes)


class _Refused(Exception):
    def __init__(self, field: str, why: Saying) -> None:
        self.field, self.why = field, why
        super().__init__(why.text)


class _Matcher:
    def __init__(self, parsed: ParsedGoods, known: Sequence[KnownGood]) -> None:
        self.columns = parsed.columns
        self.known = known
        self.by_code = {code: each for each in known if (code := each.figures.barcode)}
        self.taken: dict[object, int] = {}

    def row(self, parsed: ParsedGood) -> PlanRow[KnownGood]:
        """Return the line of one row."""
        title = f"{parsed.name} {parsed.spec or ''}".strip()
        if parsed.wrong:
            return PlanRow(parsed.row_number, "refused", title, parsed.wrong)
        try:
            return self._planned(parsed)
        except _Refused as refused:
            why = refused.why.at(parsed.row_number, self.columns.get(refused.field, self.columns["name"]))
            return PlanRow(parsed.row_number, "refused", title, (why,))

    def _planned(self, parsed: ParsedGood) -> PlanRow[KnownGood]:
        found = self._find(parsed)
        after = _new(parsed) if found is None else _after(found, parsed)
        owner = self.by_code.get(after.barcode or "")
        if owner is not None and owner is not found:
            sentence = words("条形码 {barcode} 已经是“{title}”的了。请看看是不是同一样东西。")
            raise _Refused("barcode", say(sentence, barcode=after.barcode, title=owner.figures.title))
        if found is not None and found.was_received and after.unit_name != found.figures.unit_name:
            sentence = words("已经按“{unit_name}”入过库，单位不能改。要换单位，请登记成一样新商品。")
            raise _Refused("unit_name", say(sentence, unit_name=found.figures.unit_name))
        self._take(parsed, found, after)
        if found is None:
            return PlanRow(parsed.row_number, "made", after.title, written=KnownGood(None, after))
        changes = tuple(_changes(found.figures, after))
        if not changes:
            return PlanRow(parsed.row_number, "same", after.title)
        written = replace(found, figures=after)
        return PlanRow(parsed.row_number, "changed", after.title, changes=changes, written=written)

    def _find(self, parsed: ParsedGood) -> KnownGood | None:
        same = [
            each for each in self.known if each.figures.name == parsed.name and parsed.spec in {None, each.figures.spec}
        ]
        if len(same) > 1:
            sentence = words("“{name}”有几种规格，分不清是哪一种。请加上“规格”一列。")
            raise _Refused("name", say(sentence, name=parsed.name))
        return same[0] if same else self.by_code.get(parsed.barcode or "")

    def _take(self, parsed: ParsedGood, found: KnownGood | None, after: GoodFigures) -> None:
        """Note what a row is about; refuse a second row about the same."""
        about = [("name", (after.name, after.spec)), ("name", found and found.id), ("barcode", after.barcode)]
        for field, what in about:
            earlier = self.taken.setdefault(what, parsed.row_number) if what else parsed.row_number
            if earlier != parsed.row_number:
                sentence = words("和第 {row} 行是同一样商品，只收第 {row} 行。请删去一行，或把规格写得不一样。")
                raise _Refused(field, say(sentence, row=earlier))


def _new(parsed: ParsedGood) -> GoodFigures:
    if parsed.unit_name is None:
        raise _Refused("unit_name", say(words("新商品要写单位，比如 瓶、袋、块。")))
    if parsed.points_price is None:
        raise _Refused("points_price", say(words("新商品要写积分价。")))
    return GoodFigures(
        name=parsed.name,
        spec=parsed.spec or "",
        unit_name=parsed.unit_name,
        barcode=parsed.barcode or None,
        points_price=parsed.points_price,
        low_stock_quantity=(
            USUAL_LOW_STOCK_QUANTITY if parsed.low_stock_quantity is None else parsed.low_stock_quantity
        ),
        tracks_expiry=bool(parsed.tracks_expiry),
    )


def _after(found: KnownGood, parsed: ParsedGood) -> GoodFigures:
    """Return what is said of a known good once the row is taken in."""
    told = {name: getattr(parsed, name) for name in FIELD_LABELS if getattr(parsed, name) is not None}
    after = replace(found.figures, **told)
    return replace(after, barcode=after.barcode or None)


def _changes(before: GoodFigures, after: GoodFigures) -> Iterator[Change]:
    for name, label in FIELD_LABELS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(label, _shown(old), _shown(new))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)
