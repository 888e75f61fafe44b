"""What a household reads with a program of its own: its statement."""

from datetime import date, datetime

from love_market.db import reading
from love_market.people.access import household_guard
from love_market.reports.queries.statement import statement as read_statement
from love_market.reports.views.room import said
from love_market.web.api import Given, bp, operation
from love_market.web.clock import now


class ChangeGiven(Given):
    """By how much what a household has changed, and why."""

    on: date
    why: str
    points: int


class VoucherLineGiven(Given):
    """A voucher of the household: what is left on it, until when, whether the counter takes it today."""

    serial_no: str
    balance_points: int
    expires_on: date
    is_usable: bool
    said: str


class StatementGiven(Given):
    """What a household has, where each point came from and went; ``balance = carried + the changes``."""

    village_name: str
    at: datetime
    balance_points: int
    waiting_points: int
    usable_points: int
    frozen_points: int
    carried_points: int
    changes: tuple[ChangeGiven, ...]
    vouchers: tuple[VoucherLineGiven, ...]
    head_number: int
    head_hash: str


@bp.get("/statement")
@operation("Read the statement of the household that signed in.", given=StatementGiven, door="signed in")
def statement() -> StatementGiven:
    """Tell a household what it has and why."""
    guard = household_guard()
    with reading() as session:
        found = read_statement(session, guard, guard.require_household(), at=now())
    return StatementGiven(
        village_name=found.village_name,
        at=found.at,
        balance_points=found.balance_points,
        waiting_points=found.waiting_points,
        usable_points=found.usable_points,
        frozen_points=found.frozen_points,
        carried_points=found.carried_points,
        changes=tuple(ChangeGiven(on=one.on, why=said(one.why), points=one.points) for one in found.changes),
        vouchers=tuple(
            VoucherLineGiven(
                serial_no=one.face.serial_no,
                balance_points=one.face.balance_points,
                expires_on=one.face.expires_on,
                is_usable=one.is_usable,
                said=said(one.said),
            )
            for one in found.vouchers
        ),
        head_number=found.head.number,
        head_hash=found.head.hash,
    )
