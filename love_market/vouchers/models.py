"""Tables of vouchers: signing keys, batches, the vouchers, resets, who acted for whom. Balances are in the ledger."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, within_market
from love_market.places.models import OfMarket

LIVE = text("state IN ('issued', 'handed_over', 'frozen')")
UNSEEN = text("over_limit AND seen_at IS NULL")
DEAD = text("state IN ('spent', 'lapsed', 'void')")


class SigningKey(OfMarket, Base):
    """An Ed25519 key pair of a market; the private half is sealed with a key derived from the installation's secret."""

    __tablename__ = "signing_key"
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_private_key: Mapped[bytes] = mapped_column(LargeBinary(200))
    made_at: Mapped[datetime]


class VoucherBatch(OfMarket, Base):
    """Vouchers issued in one entry: for all points of a village that waited, or one reissue."""

    __tablename__ = "voucher_batch"
    village_code: Mapped[str] = mapped_column(String(12))
    quarter: Mapped[str] = mapped_column(String(6))
    expires_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(60))
    entry_number: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        Index("ix_voucher_batch_quarter", "market_id", "quarter", "village_code"),
        Index("ix_voucher_batch_issued", "market_id", "village_code", "issued_at", "id"),
    )


class Voucher(OfMarket, Base):
    """A numbered point voucher (积分券) of a household. States: see ``vouchers.rules``."""

    __tablename__ = "voucher"
    batch_id: Mapped[UUID]
    household_id: Mapped[UUID]
    signing_key_id: Mapped[UUID]
    serial_no: Mapped[str] = mapped_column(String(20))
    short_code: Mapped[str] = mapped_column(String(9))
    face_points: Mapped[int]
    expires_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    state_reason: Mapped[str] = mapped_column(String(200), default="")
    state_changed_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    handed_over_to: Mapped[str] = mapped_column(String(60), default="")
    reissue_of_id: Mapped[UUID | None]
    __table_args__ = (
        within_market("batch_id", "voucher_batch", "fk_voucher_batch"),
        within_market("household_id", "household", "fk_voucher_household"),
        within_market("signing_key_id", "signing_key", "fk_voucher_signing_key"),
        within_market("reissue_of_id", "voucher", "fk_voucher_reissue_of"),
        UniqueConstraint("market_id", "serial_no", name="uq_voucher_serial_no"),
        UniqueConstraint("market_id", "short_code", name="uq_voucher_short_code"),
        UniqueConstraint("market_id", "reissue_of_id", name="uq_voucher_reissue_of"),
        CheckConstraint("face_points > 0", name="face_points"),
        CheckConstraint("state IN ('issued', 'handed_over', 'frozen', 'spent', 'lapsed', 'void')", name="state"),
        Index("ix_voucher_household", "market_id", "household_id", "state", "state_changed_at"),
        # Those that may still be spent or lapse: as many as the village holds now, however many there ever were.
        Index("ix_voucher_live", "market_id", "expires_on", postgresql_where=LIVE, sqlite_where=LIVE),
        # Those whose paper still looks good: a till without a network must know them.
        Index("ix_voucher_dead", "market_id", "expires_on", postgresql_where=DEAD, sqlite_where=DEAD),
        Index("ix_voucher_batch", "market_id", "batch_id"),
    )


class PointsReset(OfMarket, Base):
    """A clearing of points that were not spent (清零): announced first, carried out on its day or withdrawn before.

    It reaches the vouchers issued by ``announced_at``; ``points`` and ``vouchers`` say how many it cleared.
    """

    __tablename__ = "points_reset"
    falls_on: Mapped[date]
    announced_at: Mapped[datetime]
    announced_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_points_reset_announcer"))
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    vouchers: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name="ended_once"),
        Index("ix_points_reset_day", "market_id", "falls_on"),
    )


class ProxyAct(OfMarket, Base):
    """Somebody acted for a household (代领人): collected a voucher of it, or had goods handed out for its points.

    ``name`` is without blanks, as it is compared. ``signature`` holds the strokes of one ``signed_on`` the screen. A
    redemption whose vouchers the books do not know has no household. ``over_limit``: a till without a network let it
    be, though the day's limit was reached; ``seen_at`` when the committee took note.
    """

    __tablename__ = "proxy_act"
    kind: Mapped[str] = mapped_column(String(10))
    household_id: Mapped[UUID | None]
    voucher_id: Mapped[UUID | None]
    redemption_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(40))
    relation: Mapped[str] = mapped_column(String(12))
    signed_on: Mapped[str] = mapped_column(String(6))
    signature: Mapped[str] = mapped_column(String(4000))
    acted_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None]
    over_limit: Mapped[bool]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(60))
    __table_args__ = (
        within_market("household_id", "household", "fk_proxy_act_household"),
        within_market("voucher_id", "voucher", "fk_proxy_act_voucher"),
        within_market("redemption_id", "redemption", "fk_proxy_act_redemption"),
        CheckConstraint(
            "(kind = 'collect' AND voucher_id IS NOT NULL AND redemption_id IS NULL)"
            " OR (kind = 'redeem' AND voucher_id IS NULL AND redemption_id IS NOT NULL)",
            name="what_for",
        ),
        CheckConstraint("signed_on IN ('paper', 'screen')", name="signed_on"),
        Index("ix_proxy_act_at", "market_id", "acted_at"),
        Index("ix_proxy_act_household", "market_id", "household_id", "acted_at"),
        Index("ix_proxy_act_redemption", "market_id", "redemption_id"),
        Index("ix_proxy_act_unseen", "market_id", "acted_at", postgresql_where=UNSEEN, sqlite_where=UNSEEN),
    )
