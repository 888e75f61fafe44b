"""A village's market moves into a county's database: all of it, once, and it goes on there."""

import re

import pytest
from sqlalchemy.exc import IntegrityError

from love_market.app import create_app
from love_market.clock import village_instant
from love_market.config import Settings
from love_market.counter import service as counter
from love_market.counter.rules import BasketLine
from love_market.db import Base, db, new_id, reading, transaction
from love_market.ledger import service as ledger
from love_market.ledger.rules import Address, Draft, Leg
from love_market.people import queries as people
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.stock import queries as stock
from love_market.upkeep.tables import of_markets, reference
from love_market.vouchers import queries
from tests.builders import sign_in
from tests.plays.shell import ROSTER, VILLAGE, Installation, tamper
from tests.upkeep.villages import NEXT, TODAY, House, Pair, inside, moved, play, printed, rows_of, unspent

pytestmark = pytest.mark.slow

HEAD = "SELECT head_number, head_hash FROM book"
HASHES = "SELECT number, hash FROM entry ORDER BY number"
VERIFIED = re.compile(r"(\d+) entries\thead ([0-9a-f]{64})\tverified: true")


def test_every_table_of_the_metadata_is_a_markets_or_reference_data() -> None:
    assert {table.name for table in [*of_markets(), *reference()]} == set(Base.metadata.tables)
    assert of_markets()[0].name == "market"
    unknown = {table.name for table in reference()} - {
        *("installation", "place", "staff", "role_grant", "staff_session", "sign_in_throttle"),
        *("model_catalogue", "model_rule"),  # a township's: what a village took of it stands in its own rules
    }
    assert not unknown, f"{unknown} have no market_id in their key: a move would leave them behind"


def test_every_row_of_every_table_arrives_as_it_was(settled: Pair) -> None:
    village, county = settled.village, settled.county
    filled = {name for name, rows in settled.before.items() if rows}
    assert {"entry", "leg", "voucher", "deed_photo", "appraisal_row", "redemption_good", "stocktake_line"} <= filled
    assert rows_of(county) == settled.before
    assert county.rows(HASHES) == village.rows(HASHES)
    number, head = village.rows(HEAD)[0]
    rows = sum(map(len, settled.before.values()))
    assert (
        f"守口堡村爱心超市\t{number} 笔\thead {head}\t{rows} 行\t1 张照片\t搬到 https://market.example 了"
        in settled.told
    )
    for at in (village, county):
        verified = VERIFIED.search(at.type("books", "verify").output)
        assert verified
        assert verified.groups() == (str(number), head)


def test_photos_are_there_too(settled: Pair) -> None:
    photos = [path.relative_to(settled.village.folder) for path in settled.village.folder.glob("evidence/*/*.jpg")]
    assert len(photos) == 1
    for photo in photos:
        assert (settled.county.folder / photo).read_bytes() == (settled.village.folder / photo).read_bytes()


def test_only_what_was_held_at_the_village_is_held_in_the_county(settled: Pair) -> None:
    village, county = settled.village, settled.county
    names = {name for (name,) in county.rows("SELECT sign_in_name FROM staff")}
    assert names == {name for (name,) in village.rows("SELECT sign_in_name FROM staff")} - {"village-overseer"}
    grants = "SELECT place_code, role FROM role_grant ORDER BY place_code, role"
    assert county.rows(grants) == [row for row in village.rows(grants) if row[0] == VILLAGE]
    served = county.rows("SELECT code, market_id FROM place WHERE market_id IS NOT NULL")
    assert served == [(VILLAGE, village.value("SELECT id FROM market"))]
    assert county.value("SELECT count(*) FROM staff_session") == 0


def test_it_goes_on_in_the_county_and_not_in_the_village(
    settled: Pair, both: tuple[Installation, Installation]
) -> None:
    village, county = both
    with inside(settled.county) as house:
        paper = [printed(house, face) for face in unspent(house)[:2]]
    with inside(county) as house:
        redeem(house, paper[0])
    play(county, NEXT)
    assert county.value("SELECT count(*) FROM voucher_batch WHERE quarter = :quarter", quarter=NEXT) == 1
    before, after = village.value("SELECT head_number FROM book"), county.value("SELECT head_number FROM book")
    assert after > before + 10
    assert f"{after} entries" in county.type("books", "verify").output
    assert "早就在" in moved(village, county)
    refusal = village.type("import-roster", "--village", VILLAGE, ROSTER)
    assert refusal.exit_code == 1
    assert "守口堡村爱心超市已经搬到 https://market.example，这里不再记账。请到那里登录。" in refusal.output


def test_the_paper_of_the_village_is_the_paper_of_the_county(grown: Installation, settled: Pair) -> None:
    with inside(grown) as house:
        at_home = [printed(house, face) for face in unspent(house)]
    with inside(settled.county) as house:
        assert [printed(house, face) for face in unspent(house)] == at_home


def redeem(house: House, paper: str) -> None:
    """Hand out the cheapest good on the shelf for a printed voucher."""
    now = village_instant(TODAY, 11)
    face = queries.from_scan(house.session, house.cast.clerk, paper, at=now)
    on_shelf = [good for good in stock.shelf(house.session, house.cast.clerk, at=now) if good.quantity]
    good = min(on_shelf, key=lambda good: good.points_price)
    basket = [BasketLine(good.id, 1, good.points_price)]
    receipt = counter.redeem(
        house.session, house.cast.clerk, key=new_id(), voucher_ids=[face.id], basket=basket, at=now
    )
    assert receipt.total_points == good.points_price


def test_pages_of_the_village_say_where_it_went(settled: Pair) -> None:
    app = create_app(Settings.from_environment(settled.village.environment))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        client = app.test_client()
        with reading() as session:
            clerk = next(staff for staff in people.staff_at(session, VILLAGE) if staff.name == "演练管理员")
            (market_id,) = places.market_ids(session)
        sign_in(client, Guard.of_staff(market_id, VILLAGE, clerk.id, clerk.name, Role.CLERK))
        pages = [client.get(f"/v/{VILLAGE}/counter"), client.get(f"/board/{VILLAGE}/2026Q3")]
        pages += [client.post(f"/api/v1/v/{VILLAGE}/scan", json={"scan": "7K3M-Q4XD-8"})]
        db.engine.dispose()
    for page in pages:
        assert page.status_code == 409
        said = page.get_json()["detail"] if page.is_json else page.text
        assert "守口堡村爱心超市已经搬到 https://market.example，这里不再记账。请到那里登录。" in said


def test_who_was_already_inside_cannot_book_another_entry(settled: Pair) -> None:
    village = settled.village
    before = village.rows(HEAD)
    leg = Leg(Address("funding"), Address("budget"), 1)
    draft = Draft("grant", village_instant(TODAY, 12), "tests", "迟到的一笔", new_id(), [leg])
    market_id = village.value("SELECT id FROM market")
    with create_app(Settings.from_environment(village.environment)).app_context():
        with pytest.raises(IntegrityError, match="ck_book_closed"), transaction() as session:
            ledger.post(session, market_id, draft)
        db.engine.dispose()
    assert village.rows(HEAD) == before


def test_asked_again_it_is_there_already(both: tuple[Installation, Installation]) -> None:
    village, county = both
    before = county.counts()
    assert "早就在" in moved(village, county)
    assert county.counts() == before
    # Cut off between the two commits, the village did not learn that it had moved.
    tamper(village, "UPDATE market SET moved_to = NULL")
    tamper(village, "UPDATE book SET closed_number = NULL")
    assert "早就在" in moved(village, county)
    assert county.counts() == before
    assert village.value("SELECT moved_to FROM market")
    assert village.value("SELECT closed_number FROM book") == village.value("SELECT head_number FROM book")
