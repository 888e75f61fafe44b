"""A file of records that a till saved, brought in by hand: what became of each."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import ValidationError

from love_market.counter.api.delivering import RecordsFile, Taken, taken
from love_market.counter.forms import RecordsForm
from love_market.counter.rules import RecordsUnreadable
from love_market.counter.views.room import bp
from love_market.db import reading
from love_market.errors import LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.places import queries as places
from love_market.tills import queries as tills
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

LARGEST_FILE_BYTES = 8 * 1_048_576


@bp.route("/v/<village_code>/counter/records", methods=["GET", "POST"])
def records(village_code: str) -> ResponseReturnValue:
    """Take in a till's file, each record once; the page says of each what became of it."""
    guard = staff_guard(village_code, Role.CLERK, *COMMITTEE)
    form, status = RecordsForm(), 200
    if form.validate_on_submit():
        try:
            brought = _read(guard, form.file.data.stream.read(LARGEST_FILE_BYTES + 1))
        except LoveMarketError as error:
            form.file.errors, status = [*form.file.errors, sentence_of(error)], status_of(error)
        else:
            outcomes = [taken(guard, record) for record in brought.records]
            return render_template(
                "counter/brought.html",
                file=brought,
                outcomes=[(one, _in_short(one), _reasons(one)) for one in outcomes],
                is_committee=bool(guard.roles & COMMITTEE),
                at=now(),
            )
    elif request.method == "POST":
        status = 422
    return render_template("counter/records.html", form=form), status


def _read(guard: Guard, raw: bytes) -> RecordsFile:
    """Return what a file holds; raise ``RecordsUnreadable``, and ``NoSuchTill`` for a till of elsewhere."""
    if len(raw) > LARGEST_FILE_BYTES:
        raise RecordsUnreadable(
            words("文件太大，最多 {megabytes} MB，什么都没有记。请选兑换机存的那一份。"),
            megabytes=LARGEST_FILE_BYTES // 1_048_576,
        )
    try:
        brought = RecordsFile.model_validate_json(raw)
    except ValidationError as error:
        raise RecordsUnreadable(
            words("这不是兑换机存的文件，或者被改动过，什么都没有记。请在那台机器上重新存一份。")
        ) from error
    with reading() as session:
        if brought.village_code not in {one.code for one in places.villages_of(session, guard.market_id)}:
            raise RecordsUnreadable(words("这份文件是别的村的兑换机存的，什么都没有记。请拿到那个村去交。"))
        tills.till(session, guard, brought.till_id)
    return brought


def _in_short(one: Taken) -> str:
    if one.booked is None:
        return _("没有记")
    if one.booked.before:
        return _("以前记过")
    return _("记了，有争议") if one.booked.reasons else _("记好了")


def _reasons(one: Taken) -> tuple[str, ...]:
    if one.booked is not None:
        return one.booked.reasons
    return (sentence_of(one.refusal),) if one.refusal else ()
