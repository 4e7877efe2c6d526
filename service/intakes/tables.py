"""What is entered for somebody else, with the yes that was given to it. No column can hold a charge."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity, Stateful, one_of
from service.intakes.lifecycle import DEMAND_INTAKE, SUPPLY_INTAKE
from service.intakes.rules import AGREED_HOW, RECOMMENDERS

A_CITY = "city_code ~ '00$'"  # no district (GB/T 2260)


class SupplyIntakeRow(Stateful):
    """A person's wish for work, entered by an officer (`staff_id`) or by a broker (`agency_id`, `member_person_id`).

    `agreed_how` is a code of the reasons `on_behalf`, `wording` the version of the words that were agreed to; both are
    empty while a broker's entry waits for the person's own yes. `wish` is what will be posted, until it is.
    `level_code` is the region whose officers have to act by `due_at`; `escalations` counts the levels passed.
    """

    __tablename__ = "supply_intakes"
    NOUN = "supply_intake"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    supply_id: Mapped[UUID | None] = mapped_column(ForeignKey("supplies.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    member_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    made_person: Mapped[bool]
    wish: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    wording: Mapped[str | None]
    agreed_how: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    city_code: Mapped[str]
    level_code: Mapped[str]
    escalations: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(SUPPLY_INTAKE.check(), name="state"),
        CheckConstraint(A_CITY, name="city_code"),
        CheckConstraint("(staff_id is null) <> (agency_id is null)", name="one_hand"),
        CheckConstraint("(agency_id is null) = (member_person_id is null)", name="member"),
        CheckConstraint(
            "state not in ('held', 'open', 'recommended')"
            " or (agreed_at is not null and agreed_how is not null and wording is not null)",
            name="agreed",
        ),
        CheckConstraint(one_of("agreed_how", AGREED_HOW), name="agreed_how_known"),
        CheckConstraint("state not in ('open', 'recommended') or supply_id is not null", name="supply"),
        CheckConstraint("(state in ('asked', 'held', 'open', 'recommended')) = (closed_at is null)", name="closed_at"),
        Index("uq_supply_intakes_supply", "supply_id", unique=True),
        Index(
            "ix_supply_intakes_tasks", "level_code", "due_at", "id", postgresql_where=text("state = 'open'")
        ),
        Index("ix_supply_intakes_agency", "agency_id", "id"),
    )  # fmt: skip


class RecommendationRow(Entity):
    """A posting that somebody recommended for an intake, and whoever did."""

    __tablename__ = "recommendations"
    NOUN = "recommendation"

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("supply_intakes.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"), index=True)
    city_code: Mapped[str]
    by_kind: Mapped[str]
    by_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(one_of("by_kind", RECOMMENDERS), name="by_kind"),
        Index("uq_recommendations_posting", "intake_id", "posting_id", unique=True),
    )


class DemandIntakeRow(Stateful):
    """电话代录: a telephoned job as a draft posting that waits for the boss's yes.

    `code_mac` is of the code in the SMS; `taken` names what was not said and was filled in, `city_code` and
    `district_code` are those of the job.
    """

    __tablename__ = "demand_intakes"
    NOUN = "demand_intake"
    PERSONAL: ClassVar = frozenset({"code_mac"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"), unique=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_person: Mapped[bool]
    made_employer: Mapped[bool]
    taken: Mapped[list] = mapped_column(JSONB)
    code_mac: Mapped[bytes]
    wrong_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    agreed_how: Mapped[str | None]
    confirm_by: Mapped[datetime]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(DEMAND_INTAKE.check(), name="state"),
        CheckConstraint(A_CITY, name="city_code"),
        CheckConstraint("district_code is null or district_code !~ '00$'", name="district_code"),
        CheckConstraint("(state = 'asked') = (closed_at is null)", name="closed_at"),
        CheckConstraint(one_of("agreed_how", AGREED_HOW), name="agreed_how_known"),
        CheckConstraint("(state = 'confirmed') = (agreed_how is not null)", name="agreed_how"),
        Index("ix_demand_intakes_city", "city_code", "id"),
    )
