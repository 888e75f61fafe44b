"""`love-market close-quarter`: all villages at once, in processes of their own, whatever happens to them."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal, AppraisalRow
from love_market.cli import main
from love_market.cli.closing import by_index, enter
from love_market.config import Settings
from love_market.county import folder, queries, workers
from love_market.county.rules import ClosePlan, Ending, FolderOfOther
from love_market.places.models import Installation
from tests.county import books
from tests.county.conftest import BASE_URL
from tests.county.scored import QUARTER
from tests.databases import SECRET


def close(county: Settings, out: Path, *words: str) -> Result:
    """Run the command on a county."""
    environment = {"SECRET_KEY": SECRET, "BASE_URL": BASE_URL, "LOVE_MARKET_INSTANCE": str(county.instance)}
    told = ["close-quarter", "--quarter", str(QUARTER), "--database", county.database_url, "--out", str(out), *words]
    return CliRunner(env=environment).invoke(main, told)


@contextmanager
def looking_into(county: Settings) -> Iterator[Session]:
    """Open the county's database past the program."""
    engine = create_engine(county.database_url)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def test_closing_tells_what_was_done_and_what_waits_and_a_failure_is_its_own(county: Settings, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with looking_into(county) as session:
        broken, early, good = books.villages(session)
        beyond = update(AppraisalRow).where(
            AppraisalRow.appraisal_id.in_(
                [row.id for row in session.query(Appraisal) if row.village_code == broken.code]
            )
        )
        session.execute(beyond.values(points=9999))
        session.execute(update(Appraisal).where(Appraisal.village_code == early.code).values(state="decided"))
    result = close(county, out, "--as-chairs")
    assert result.exit_code == 1, result.output
    assert "办好 1 个村" in result.output
    assert f"等着的：\n  {early.code}\t{early.short_name}\t评议会通过了，还没有公示" in result.output
    assert f"没办成的：\n  {broken.code}\t{broken.short_name}\t本季额度还剩" in result.output
    told = json.loads((out / "close.json").read_bytes())
    assert {one["village_code"]: one["ending"] for one in told["villages"]} == {
        broken.code: "failed",
        early.code: "waiting",
        good.code: "closed",
    }
    with looking_into(county) as session:
        session.execute(beyond.values(points=1))
        session.execute(update(Appraisal).where(Appraisal.village_code == early.code).values(state="notice"))
    again = close(county, out, "--as-chairs", "--jobs", "1")
    assert again.exit_code == 0, again.output
    assert "办好 3 个村" in again.output
    assert len(books.papers(out)) == 6


def test_only_the_villages_asked_for_are_closed(county: Settings, tmp_path: Path) -> None:
    with looking_into(county) as session:
        code = books.villages(session)[1].code
        assert [[one.code for one in market] for market in queries.by_market(session, [code])] == [[code]]
    unknown = close(county, tmp_path / "out", "--village", "140221100999")
    assert (unknown.exit_code, unknown.output) == (1, "Error: 没有超市管这个村：140221100999\n")


def test_in_earnest_nobody_is_played(county: Settings, tmp_path: Path) -> None:
    with looking_into(county) as session:
        session.execute(update(Installation).values(demonstration=False))
    refused = close(county, tmp_path / "out", "--as-chairs")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: 认定要由村主任自己来办。只有演示的数据库可以由程序代演。\n",
    )


def test_a_workers_server_finds_rows_by_index_only_where_it_is_postgresql() -> None:
    assert by_index("sqlite:////srv/love_market.sqlite3") == "sqlite:////srv/love_market.sqlite3"
    plain = make_url(by_index("postgresql+psycopg://u:p@h/db?host=a:1&host=b:2"))
    assert plain.query["options"] == "-cenable_seqscan=off"
    assert (plain.password, plain.query["host"]) == ("p", ("a:1", "b:2"))
    more = make_url(by_index("postgresql+psycopg://u@h/db?options=-cwork_mem%3D8MB"))
    assert more.query["options"] == "-cwork_mem=8MB -cenable_seqscan=off"


def test_a_folder_keeps_to_its_quarter_and_a_cut_off_close_to_its_instant(tmp_path: Path) -> None:
    begun_at = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
    assert folder.begin(tmp_path, QUARTER, begun_at) == begun_at
    later = begun_at + timedelta(hours=12)
    assert folder.begin(tmp_path, QUARTER, later) == begun_at
    with pytest.raises(FolderOfOther, match="2026Q3"):
        folder.begin(tmp_path, QUARTER.next(), later)
    folder.finish(tmp_path, QUARTER, begun_at, [])
    assert folder.begin(tmp_path, QUARTER, later) == later
    much_later = later + timedelta(days=2)
    assert folder.begin(tmp_path, QUARTER, much_later) == much_later


def test_a_paper_is_never_seen_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = tmp_path / "积分券.pdf"
    folder.write(paper, b"whole")

    def power_cut(_handle: int) -> None:
        raise OSError("no power")

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="no power"):
        folder.write(paper, b"half of another")
    assert paper.read_bytes() == b"whole"


def close_but_die_of(code: str, plan: ClosePlan, market: workers.Market) -> workers.Closed:
    """Close a market as a worker does, but die of one village."""
    if any(one.code == code for one in market):
        os.kill(os.getpid(), signal.SIGKILL)
    return CLOSE_MARKET(plan, market)


CLOSE_MARKET = workers._close_market


def test_only_the_market_that_kills_its_worker_is_given_up(
    village_county: Settings, plan: ClosePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with looking_into(village_county) as session:
        markets = queries.by_market(session)
    deadly = markets[0][0].code
    monkeypatch.setattr(workers, "_close_market", partial(close_but_die_of, deadly))
    found = workers.close_all(plan, markets, partial(enter, village_county), jobs=1)
    endings = {one.village_code: one.ending for done in found for one in done.outcomes}
    assert endings == {
        one.code: Ending.FAILED if market is markets[0] else Ending.CLOSED for market in markets for one in market
    }
