"""A quarter from the shell: played from end to end, or its workbooks brought in."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from love_market.appraisals.intake import score_lines
from love_market.cli.doors import DATABASE, MEETING, QUARTER, VILLAGE, WORKBOOK, opened, progress
from love_market.clock import Quarter, utc_now
from love_market.db import transaction
from love_market.deeds import service as deeds
from love_market.deeds.rules import Meeting
from love_market.people.intake import roster_lines
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.plays import acts, imports, quarter, stage


@click.command("play-quarter")
@VILLAGE
@QUARTER
@DATABASE
@click.option("--roster", required=True, type=WORKBOOK, help="农户花名册。")
@click.option("--scores", required=True, type=WORKBOOK, help="积分评定表。")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="纸张和小结放这里。")
def play_quarter(village_code: str, quarter_text: str, database: str, roster: Path, scores: Path, out: Path) -> None:
    """把一个季度从头到尾走一遍：入册、评分、评议、公示、认定、发券、进货、兑换、撤销、盘点、核对。"""
    with opened(database) as settings:
        with transaction() as session:
            if places.is_demonstration(session) is None:
                places_service.install(session, demonstration=True, at=utc_now())
        plan = quarter.Play(village_code, Quarter.parse(quarter_text), roster, scores, out, settings)
        summary = quarter.play(plan, click.echo, progress)
        click.echo(f"{out / 'summary.json'}  verified: {str(summary.verified).lower()}")


@click.command("import-roster")
@VILLAGE
@DATABASE
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写。")
@click.argument("file", type=WORKBOOK)
def import_roster(village_code: str, database: str, dry_run: bool, file: Path) -> None:  # noqa: FBT001
    """导入农户花名册，逐行说明；有没收的行就以 1 结束。"""
    with opened(database):
        at = utc_now()
        with transaction() as session:
            stage.begin(session, at)
            guard = stage.ready_village(session, village_code, at=at)
            plan = imports.take_roster(session, guard, file, at=at)
            if dry_run:
                session.rollback()
        tell(roster_lines(plan), refused=plan.refused)


@click.command("import-scores")
@VILLAGE
@QUARTER
@DATABASE
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写。")
@MEETING
@click.option(
    "--new-rules/--no-new-rules", default=True, help="没有对应细则的列要不要立成本季的新细则（要有 --meeting）。"
)
@click.argument("file", type=WORKBOOK)
def import_scores(
    village_code: str,
    quarter_text: str,
    database: str,
    dry_run: bool,  # noqa: FBT001
    told: tuple[datetime, int, int, int, int, int] | None,
    new_rules: bool,  # noqa: FBT001
    file: Path,
) -> None:
    """导入积分评定表，逐行说明；有没收的行就以 1 结束。"""
    with opened(database):
        of, at = Quarter.parse(quarter_text), utc_now()
        with transaction() as session:
            stage.begin(session, at)
            guard = stage.ready_village(session, village_code, at=at)
            meeting = Meeting(told[0].date(), *told[1:]) if told else None
            if meeting is not None:
                deeds.adopt_catalogue(session, guard, meeting=meeting, at=at)
            acts.ready_quarter(session, guard, of, at=at)
            plan = imports.take_scores(session, guard, of, file, at=at, meeting=meeting if new_rules else None)
            if dry_run:
                session.rollback()
        if plan.new_rules and new_rules and meeting is None:
            names = "、".join(rule.name for rule in plan.new_rules)
            click.echo(f"新项目没有收：{names}。要先经村民代表会议通过，加 --meeting 写明会议。")
        tell(score_lines(plan), refused=plan.refused)


def tell(lines: Iterable[str], *, refused: int) -> None:
    """Print a preview; end with status 1 where something was refused."""
    for line in lines:
        click.echo(line)
    if refused:
        sys.exit(1)
