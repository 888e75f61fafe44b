from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.places import queries, service
from love_market.places.models import Place
from tests.builders import Village


def test_divisions_are_the_county_s_and_load_once(session: Session) -> None:
    assert service.load_divisions(session) == 224
    assert service.load_divisions(session) == 0
    counts = dict(session.execute(select(Place.level, func.count()).group_by(Place.level)).all())
    assert counts == {"county": 1, "township": 11, "village": 197, "community": 15}


def test_a_village_knows_its_market_and_where_it_lies(village: Village, session: Session) -> None:
    assert queries.village(session, village.code).market_id == village.market_id
    assert [place.name for place in queries.lineage(session, village.code)] == [
        "守口堡村委会",
        "龙泉镇",
        "阳高县",
    ]
