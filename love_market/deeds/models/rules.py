"""Tables of rules in versions and who adopted them, of model rules, and of vetoes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from love_market.db import Base, Id, new_id, within_market
from love_market.deeds.models.photos import Photo
from love_market.places.models import OfMarket


class RuleVersion(OfMarket, Base):
    """A version of a village's scoring rules (细则版本), numbered from 1; never changed once adopted.

    The meeting that adopted it stands in numbers; a version from before meetings were asked for has none.
    ``knowingly`` are the rules that score what is never scored and were adopted all the same: ``[{name, topic}]``.
    """

    __tablename__ = "rule_version"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    number: Mapped[int] = mapped_column(SmallInteger)
    adopted_at: Mapped[datetime]
    adopted_by: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(200), default="")
    held_on: Mapped[date | None]
    representatives: Mapped[int | None] = mapped_column(SmallInteger)
    present: Mapped[int | None] = mapped_column(SmallInteger)
    votes_for: Mapped[int | None] = mapped_column(SmallInteger)
    votes_against: Mapped[int | None] = mapped_column(SmallInteger)
    votes_abstained: Mapped[int | None] = mapped_column(SmallInteger)
    knowingly: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (
        UniqueConstraint("market_id", "village_code", "number", name="uq_rule_version_number"),
        CheckConstraint("present * 3 >= representatives * 2", name="quorum"),
        CheckConstraint("votes_for * 2 > present", name="carried"),
        CheckConstraint("votes_for + votes_against + votes_abstained = present", name="votes"),
    )


class Minutes(Photo, Base):
    """A photo of the signed minutes of the meeting that adopted a version, kept as a deed's photos are."""

    __tablename__ = "rule_version_minutes"
    version_id: Mapped[UUID]
    __table_args__ = (
        within_market("version_id", "rule_version", "fk_rule_version_minutes_version"),
        UniqueConstraint("market_id", "version_id", "position", name="uq_rule_version_minutes_position"),
    )


class Rule(OfMarket, Base):
    """One scoring rule (细则条目) of one version; ``code`` stays the same through versions.

    ``points`` are for one ``unit`` and negative for a penalty. ``cap_points`` bounds the size of a household's sum over
    ``cap_period`` (its sign is that of ``points``); None is no cap. Of the rules of one ``family`` only the highest
    counts in a year; None is no family.
    """

    __tablename__ = "rule"
    version_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    points: Mapped[int] = mapped_column(SmallInteger)
    unit_name: Mapped[str] = mapped_column(String(20))
    cap_points: Mapped[int | None] = mapped_column(SmallInteger)
    cap_period: Mapped[str | None] = mapped_column(String(10))
    evidence: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(SmallInteger)
    family: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        within_market("version_id", "rule_version", "fk_rule_rule_version"),
        UniqueConstraint("market_id", "version_id", "code", name="uq_rule_code"),
        UniqueConstraint("market_id", "version_id", "position", name="uq_rule_position"),
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("cap_period IN ('quarter', 'year', 'event')", name="cap_period"),
    )


class VetoRule(OfMarket, Base):
    """A rule of one version that bars the star household title for ``days``, and moves no points (一票否决)."""

    __tablename__ = "veto_rule"
    version_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    days: Mapped[int] = mapped_column(SmallInteger)
    evidence: Mapped[str] = mapped_column(String(120), default="")
    position: Mapped[int] = mapped_column(SmallInteger)
    __table_args__ = (
        within_market("version_id", "rule_version", "fk_veto_rule_rule_version"),
        UniqueConstraint("market_id", "version_id", "code", name="uq_veto_rule_code"),
        UniqueConstraint("market_id", "version_id", "position", name="uq_veto_rule_position"),
        CheckConstraint("days > 0", name="days"),
    )


class Veto(OfMarket, Base):
    """A veto on a household: in force from ``found_on`` to before ``ends_on`` once confirmed, unless it is lifted.

    A second person judges it once: confirmed, or refused with a ``reason``; a confirmed one may be lifted with one.
    """

    __tablename__ = "veto"
    village_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    household_id: Mapped[UUID]
    rule_id: Mapped[UUID]
    found_on: Mapped[date]
    ends_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id", name="fk_veto_recorder"))
    recorded_at: Mapped[datetime]
    judged_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_veto_judge"))
    judged_at: Mapped[datetime | None]
    refused: Mapped[bool] = mapped_column(default=False)
    lifted_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("staff.id", name="fk_veto_lifter"))
    lifted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        within_market("household_id", "household", "fk_veto_household"),
        within_market("rule_id", "veto_rule", "fk_veto_veto_rule"),
        CheckConstraint("ends_on > found_on", name="ends_on"),
        CheckConstraint("(judged_by IS NULL) = (judged_at IS NULL)", name="judged"),
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted"),
        Index("ix_veto_village", "market_id", "village_code", "ends_on"),
    )


class ModelCatalogue(Base):
    """A version of the model rules (示范细则) that a township or county publishes. Reference data."""

    __tablename__ = "model_catalogue"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    number: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime]
    published_by: Mapped[UUID] = mapped_column(Id, ForeignKey("staff.id"))
    knowingly: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (UniqueConstraint("place_code", "number", name="uq_model_catalogue_number"),)


class ModelRule(Base):
    """One rule of a model catalogue, a veto among them (see ``deeds.rules.RuleDraft``). Reference data."""

    __tablename__ = "model_rule"
    catalogue_id: Mapped[UUID] = mapped_column(Id, ForeignKey("model_catalogue.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    points: Mapped[int] = mapped_column(SmallInteger)
    unit_name: Mapped[str] = mapped_column(String(20))
    cap_points: Mapped[int | None] = mapped_column(SmallInteger)
    cap_period: Mapped[str | None] = mapped_column(String(10))
    family: Mapped[str | None] = mapped_column(String(20))
    veto_days: Mapped[int | None] = mapped_column(SmallInteger)
    evidence: Mapped[str] = mapped_column(String(120), default="")
    __table_args__ = (UniqueConstraint("catalogue_id", "code", name="uq_model_rule_code"),)
