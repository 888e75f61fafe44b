"""What a move refuses, in words and with nothing written; and a move that is killed."""

import random
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from love_market.clock import village_instant
from love_market.db import new_id
from love_market.vouchers import loss
from tests.plays.shell import VILLAGE, Installation, tamper
from tests.server import at as connected
from tests.upkeep.villages import TODAY, Pair, copy_of, inside, move_words, moved, printed, refused, secret_in, unspent

pytestmark = pytest.mark.slow

OTHER_VILLAGE = "140221100200"
ALTERS = """
    CREATE FUNCTION alters() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.note = NEW.note || ' '; RETURN NEW; END $$;
    CREATE TRIGGER alters BEFORE INSERT ON household FOR EACH ROW WHEN (NEW.number = '003') EXECUTE FUNCTION alters();
"""
WRITING = """
    SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@pytest.fixture
def lived_in(county: Installation) -> Installation:
    """A real county that holds another village's market and has an overseer."""
    assert county.type("open-market", "--village", OTHER_VILLAGE).exit_code == 0
    words = ("init", "--name", "县里的人", "--sign-in-name", "overseer", "--password", "long enough to be one")
    assert county.type(*words).exit_code == 0
    return county


def test_it_moves_in_beside_another_market(village: Installation, lived_in: Installation) -> None:
    before = lived_in.rows("SELECT market_id, head_number, head_hash FROM book")
    places = lived_in.rows("SELECT code, name, market_id FROM place WHERE code <> :code ORDER BY code", code=VILLAGE)
    assert "搬到" in moved(village, lived_in, "--village", VILLAGE)
    assert set(before) < set(lived_in.rows("SELECT market_id, head_number, head_hash FROM book"))
    assert (
        lived_in.rows("SELECT code, name, market_id FROM place WHERE code <> :code ORDER BY code", code=VILLAGE)
        == places
    )


def test_sign_in_names_of_others_are_named_and_can_be_changed(village: Installation, lived_in: Installation) -> None:
    tamper(village, "UPDATE staff SET sign_in_name = 'overseer' WHERE name = '演练主任'")
    sentence = refused(village, lived_in)
    assert "这些登录名在县里是别人的：overseer（村里是演练主任，县里是县里的人）。什么也没有搬。" in sentence
    assert "--rename 要写成 旧名=新名" in refused(village, lived_in, "--rename", "overseer")
    moved(village, lived_in, "--rename", "overseer=Chair of Shoukoubu")
    assert lived_in.value("SELECT sign_in_name FROM staff WHERE name = '演练主任'") == "chairofshoukoubu"


def test_a_place_that_differs_or_is_served_by_another_market(village: Installation, lived_in: Installation) -> None:
    renamed = "UPDATE place SET name = '{}' WHERE code = '{}'"
    tamper(lived_in, renamed.format("别的村", VILLAGE))
    assert f"代码 {VILLAGE} 在村里叫“守口堡村委会”，在县里叫“别的村”，对不上。" in refused(village, lived_in)
    tamper(lived_in, renamed.format("守口堡村委会", VILLAGE))
    tamper(lived_in, f"UPDATE place SET market_id = (SELECT id FROM market) WHERE code = '{VILLAGE}'")
    assert "守口堡村委会在县里已经有另一家爱心超市了，搬不进去。" in refused(village, lived_in)


def test_a_demonstration_does_not_move_into_a_real_county(village: Installation, lived_in: Installation) -> None:
    tamper(village, "UPDATE installation SET demonstration = 1")
    assert "一边是演示用的，一边是正式的，不能搬到一起" in refused(village, lived_in)


def test_books_that_do_not_verify_stay_where_they_are(village: Installation, county: Installation) -> None:
    tamper(village, "UPDATE entry SET reason = '改过' WHERE number = 7")
    assert "的账核对不上（第 7 笔：hash does not match its content），不能搬。" in refused(village, county)


def test_a_row_that_arrives_otherwise_is_noticed(village: Installation, county: Installation) -> None:
    with connected(county.url) as connection:
        connection.execute(ALTERS)
    assert "守口堡村爱心超市的 household 搬过去以后不一样，什么也没有搬。" in refused(village, county)


def test_other_books_of_the_same_market_are_refused(
    grown: Installation, both: tuple[Installation, Installation], tmp_path: Path
) -> None:
    _, county = both
    twin = copy_of(grown, tmp_path / "twin")
    with inside(twin) as house:
        paper, at = unspent(house)[0], village_instant(TODAY, 11)
        loss.void(house.session, house.cast.chair, paper.id, reason="作废", at=at, key=new_id())
    head, there = twin.value("SELECT head_number FROM book"), county.value("SELECT head_number FROM book")
    said = f"在那边已经有一本不同的账：这里到第 {head} 笔，那边到第 {there} 笔，对不上。什么也没有动。"
    assert said in refused(twin, county)


def test_another_secret_than_the_countys_is_refused(both: tuple[Installation, Installation], tmp_path: Path) -> None:
    village, county = both
    secret_in(tmp_path / "wrong")
    answer = village.type("move", "--to", county.url, "--to-instance", tmp_path / "wrong")
    assert answer.exit_code == 1
    assert "这不是县里的 SECRET_KEY：打不开那边已有的签名钥匙。" in answer.output
    (tmp_path / "without").mkdir()
    answer = village.type("move", "--to", county.url, "--to-instance", tmp_path / "without")
    assert "里没有 secret_key" in answer.output


def test_moved_into_one_county_it_does_not_move_into_another(settled: Pair, county: Installation) -> None:
    assert "早就搬到 https://market.example 了，那边接着记的账这里没有，不能再搬一次。" in refused(
        settled.village, county
    )


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("sqlite:///nowhere.sqlite3", "--to 要写县里 PostgreSQL 的地址"),
        ("postgresql://127.0.0.1:9/none", "数据库打不开"),
        ("nonsense", "数据库的地址看不懂"),
    ],
)
def test_an_address_that_is_no_county_is_refused_in_a_sentence(village: Installation, to: str, said: str) -> None:
    answer = village.type("move", "--to", to)
    assert answer.exit_code == 1
    assert said in answer.output
    assert village.value("SELECT moved_to FROM market") is None


def test_only_a_villages_file_moves(county: Installation) -> None:
    answer = county.type(*move_words(county))
    assert "只能从村里的 SQLite 搬出。" in answer.output


def test_killed_in_the_middle_nothing_of_it_is_in_the_county_and_it_moves_when_asked_again(
    village: Installation, county: Installation
) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"the moment of kill -9 drawn by seed {seed}\n")
    chance = random.Random(seed)
    name = str(make_url(county.url).database)
    empty, whole = county.counts(), village.counts()
    process = village.start(*move_words(county))
    with connected(county.url) as watching:
        while not watching.execute(WRITING, [name]).fetchall():
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.3))
        assert process.poll() is None, "it was done before it was killed"
        process.kill()
        process.communicate()
        while watching.execute(CONNECTED, [name]).fetchone() != (0,):
            time.sleep(0.01)
    assert county.counts() == empty
    assert village.counts() == whole
    assert village.value("SELECT moved_to FROM market") is None
    assert "搬到" in moved(village, county)
    with inside(county) as house:
        assert printed(house, unspent(house)[0])
