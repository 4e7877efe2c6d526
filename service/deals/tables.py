"""Deals and the people lent under them. No column can hold a margin, nor anything that a person pays."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import NEXT_NUMBER, Stateful, one_of
from service.deals.lifecycle import (
    AGREED,
    BEGUN,
    DEAL,
    ENDED,
    LENT,
    LENT_FIRM,
    LENT_LIVE,
    LENT_OPEN,
    LENT_WORKED,
    PREPARING,
)
from service.deals.rules.facts import BORROWER_DECLARES, BROKER, INJURIES_MOST, LENDABLE, LENDER_DECLARES, SIDES
from service.deals.rules.guards import CLAUSE_LEAST
from service.deals.rules.insolvency import STANDS

REVIEWS = ("open", "cleared", "barred")
PAY_UNITS = ("hour", "day", "month")
CONSENTED = (*LENT_FIRM, *LENT_WORKED, "withdrawn")  # a dropped one may have said yes
_TOLD = "num_nonnulls(phone_hash, phone_sealed, name_sealed)"  # of whom: all of it, or nothing any more


def _declared(column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{code}"' for code in codes)
    return f"{column} @> cast('[{listed}]' as jsonb)"


class DealRow(Stateful):
    """One firm lends people to another for a time. `first_day` and `last_day` are local days, both worked.

    `costs` are [{"kind", "unit", "fen"}] that the borrower gives back beside the wages, `given` kinds that it bears in
    kind; `lender_declares` and `borrower_declares` codes that each side has declared. The present terms have number
    `terms_version`; each firm has said yes to them at `lender_agreed_at` and `borrower_agreed_at`, both from
    `agreed_at` on. `taken` people of the lender's surplus and of the borrower's shortage are spoken for by it now, or
    were placed.
    `review_signs` are why an officer looks first;
    nothing begins before that (trigger `deal_begins`), and what is under way may be looked at again: then nobody new
    begins (trigger `lent_begins`).
    """

    __tablename__ = "deals"
    NOUN = "deal"
    PERSONAL: ClassVar = frozenset({"review_note", "insolvency_note"})

    number: Mapped[int] = mapped_column(BigInteger, server_default=NEXT_NUMBER, unique=True)
    lender_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    broker_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"), index=True)
    surplus_id: Mapped[UUID | None] = mapped_column(ForeignKey("balances.id"), index=True)
    shortage_id: Mapped[UUID | None] = mapped_column(ForeignKey("balances.id"), index=True)
    taken: Mapped[int] = mapped_column(SmallInteger, default=0)
    proposed_by: Mapped[str]
    lender_city_code: Mapped[str]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str]
    trade: Mapped[str]
    work: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int] = mapped_column(SmallInteger)
    first_day: Mapped[date]
    last_day: Mapped[date]
    day_from: Mapped[time]
    day_until: Mapped[time]
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    weekdays: Mapped[list]
    pay_fen: Mapped[int] = mapped_column(BigInteger)
    pay_unit: Mapped[str]
    pay_day: Mapped[int] = mapped_column(SmallInteger)  # of the month after, lender to people
    settle_day: Mapped[int] = mapped_column(SmallInteger)  # of the month after, borrower to lender
    costs: Mapped[list]
    given: Mapped[list]
    injury_clause: Mapped[str | None] = mapped_column(Text)
    clauses: Mapped[dict]  # what is agreed otherwise than usual, by code
    own_staff: Mapped[int | None]
    lender_declares: Mapped[list] = mapped_column(default=list)
    borrower_declares: Mapped[list] = mapped_column(default=list)
    answer_by: Mapped[datetime | None]
    terms_version: Mapped[int] = mapped_column(default=1)
    lender_agreed_at: Mapped[datetime | None]
    borrower_agreed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_until: Mapped[date | None]  # the last day in what both firms have signed
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    longer_until: Mapped[date | None]  # a later last day that one side proposes
    longer_by: Mapped[str | None]
    review: Mapped[str | None]
    review_signs: Mapped[list] = mapped_column(default=list)
    review_note: Mapped[str | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    lender_insolvency: Mapped[str | None]  # said by a firm; confirmed or denied by an officer
    borrower_insolvency: Mapped[str | None]
    insolvency_note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(DEAL.check(), name="state"),
        CheckConstraint(one_of("proposed_by", (*SIDES, BROKER)), name="proposed_by"),
        CheckConstraint("(proposed_by = 'broker') = (broker_id is not null)", name="brokered"),
        CheckConstraint("lender_id <> borrower_id", name="two_firms"),
        CheckConstraint("broker_id <> lender_id and broker_id <> borrower_id", name="broker"),
        CheckConstraint("headcount between 1 and 1000", name="headcount"),
        CheckConstraint("taken between 0 and headcount", name="taken"),
        CheckConstraint("taken = 0 or surplus_id is not null or shortage_id is not null", name="taken_of"),
        CheckConstraint(f"taken = 0 or {one_of('state', AGREED)}", name="taken_when"),
        CheckConstraint(
            f"not ({one_of('state', PREPARING)}) or (surplus_id is null and shortage_id is null) or taken = headcount",
            name="taken_whole",
        ),
        CheckConstraint(
            f"not ({one_of('state', AGREED)}) or (lender_agreed_at is not null and borrower_agreed_at is not null)",
            name="both_agreed",
        ),
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("break_minutes between 0 and 480", name="break_minutes"),
        CheckConstraint("jsonb_array_length(weekdays) between 1 and 7", name="weekdays"),
        CheckConstraint("pay_fen between 1 and 100000000", name="pay_fen"),
        CheckConstraint(one_of("pay_unit", PAY_UNITS), name="pay_unit"),
        CheckConstraint("pay_day between 1 and 28 and settle_day between 1 and 28", name="pay_day"),
        CheckConstraint("settle_day <= pay_day", name="settled_before_paid"),
        CheckConstraint("jsonb_array_length(costs) <= 8", name="costs"),
        CheckConstraint("own_staff between 1 and 10000000", name="own_staff"),
        CheckConstraint(
            f"not ({one_of('state', AGREED)}) or ({_declared('lender_declares', LENDER_DECLARES)}"
            f" and {_declared('borrower_declares', BORROWER_DECLARES)})",
            name="declared",
        ),
        CheckConstraint(
            f"not ({one_of('state', AGREED)}) or (injury_clause is not null"
            f" and char_length(btrim(injury_clause)) >= {CLAUSE_LEAST})",
            name="injury_clause",
        ),
        CheckConstraint(f"not ({one_of('state', AGREED)}) or agreed_at is not null", name="agreed_at"),
        CheckConstraint(
            f"not ({one_of('state', BEGUN)}) or (signed_at is not null and started_at is not null)", name="begun"
        ),
        CheckConstraint("(state = 'proposed') = (answer_by is not null)", name="answer_by"),
        CheckConstraint(f"({one_of('state', ENDED)}) = (ended_at is not null)", name="ended_at"),
        CheckConstraint("ended_at is null or end_reason is not null", name="end_reason"),
        CheckConstraint("(longer_until is null) = (longer_by is null)", name="longer"),
        CheckConstraint("longer_until > last_day", name="longer_until"),
        CheckConstraint(one_of("longer_by", SIDES), name="longer_by"),
        CheckConstraint(one_of("review", REVIEWS), name="review"),
        CheckConstraint("review is null or jsonb_array_length(review_signs) > 0", name="review_signs"),
        CheckConstraint("review in ('cleared', 'barred') = (reviewed_by is not null)", name="reviewed_by"),
        CheckConstraint(one_of("lender_insolvency", STANDS), name="lender_insolvency"),
        CheckConstraint(one_of("borrower_insolvency", STANDS), name="borrower_insolvency"),
        CheckConstraint(
            "state = 'breached' or num_nonnulls(lender_insolvency, borrower_insolvency) = 0", name="insolvency"
        ),
        Index(
            "ix_deals_insolvency", "id",
            postgresql_where=text("lender_insolvency = 'said' or borrower_insolvency = 'said'"),
        ),
        Index("ix_deals_review", "created_at", "id", postgresql_where=text("review = 'open'")),
        Index("ix_deals_city", "city_code", "created_at", "id"),
        Index("ix_deals_lender_city", "lender_city_code", "created_at", "id"),
    )  # fmt: skip


class LentRow(Stateful):
    """Somebody of the lender's own staff, asked to work for the borrower: asked by telephone number, known from the
    own yes on (`worker_id`). Nobody's days are taken twice, whoever lends them.

    The number is kept as a keyed hash and sealed for the lender's list, the name sealed; both are forgotten some time
    after it is over, and when the person is erased (`forget`, purging.py). The daily hours are those of the deal's
    terms that the person has said yes to.
    """

    __tablename__ = "lent"
    NOUN = "lent"
    PERSONAL: ClassVar = frozenset({"phone_hash", "phone_sealed", "name_sealed", "left_for"})

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    city_code: Mapped[str]
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    phone_hash: Mapped[bytes | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    relation: Mapped[str]
    contract_open_ended: Mapped[bool]
    contract_end: Mapped[date | None]
    first_day: Mapped[date]
    last_day: Mapped[date]
    day_from: Mapped[time]
    day_until: Mapped[time]
    weekdays: Mapped[list]
    answer_by: Mapped[datetime | None]
    terms_version: Mapped[int]
    consented_at: Mapped[datetime | None]
    introducible_from: Mapped[date | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"))
    longer_until: Mapped[date | None]  # asked to stay until then
    started_at: Mapped[datetime | None]
    left_on: Mapped[date | None]  # the last day worked there
    back_by: Mapped[date | None]  # until when the lender says that the person is back
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    left_for: Mapped[str | None]  # why, as the person has said: for the person and staff
    injured_at: Mapped[datetime | None]  # the last time
    injured_before: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)), default=list)
    injury_said_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(LENT.check(), name="state"),
        CheckConstraint(f"relation = '{LENDABLE}'", name="relation"),
        CheckConstraint("contract_open_ended or contract_end is not null", name="contract_end"),
        CheckConstraint("contract_open_ended or last_day <= contract_end", name="within_contract"),
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("jsonb_array_length(weekdays) between 1 and 7", name="weekdays"),
        CheckConstraint(
            f"not ({one_of('state', CONSENTED)}) or (worker_id is not null and consented_at is not null)",
            name="consented",
        ),
        CheckConstraint(
            f"not ({one_of('state', CONSENTED)}) or introducible_from <= least(first_day,"
            " (consented_at at time zone 'Asia/Shanghai')::date)",
            name="of_age",
        ),
        CheckConstraint("state = 'asked' or answer_by is null", name="answer_by"),
        CheckConstraint(f"({one_of('state', LENT_WORKED)}) = (started_at is not null)", name="started_at"),
        CheckConstraint("(state in ('returning', 'returned', 'released')) = (left_on is not null)", name="left_on"),
        CheckConstraint("state <> 'returning' or back_by is not null", name="back_by"),
        CheckConstraint(f"({one_of('state', (*LENT_OPEN, 'working'))}) or end_reason is not null", name="end_reason"),
        CheckConstraint("longer_until > last_day", name="longer_until"),
        CheckConstraint("(injured_at is null) = (injury_said_by is null)", name="injury"),
        CheckConstraint(
            f"cardinality(injured_before) <= {INJURIES_MOST - 1}"
            " and (injured_at is not null or cardinality(injured_before) = 0)"
            " and array_position(injured_before, injured_at) is null",
            name="injured_before",
        ),
        CheckConstraint(f"{_TOLD} = 3 or ({_TOLD} = 0 and not ({one_of('state', LENT_LIVE)}))", name="told"),
        ExcludeConstraint(
            ("worker_id", "="),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            where=text(one_of("state", LENT_FIRM)),
            using="gist",
            name="ex_lent_overlap",
        ),
        Index(
            "uq_lent_asked", "deal_id", "phone_hash", unique=True,
            postgresql_where=text(one_of("state", (*LENT_FIRM, "asked", "returning"))),
        ),
        Index("ix_lent_worker", "worker_id", "first_day", "id"),
        Index("ix_lent_deal", "deal_id", "created_at", "id"),
        Index(
            "ix_lent_told", "ended_at", "id",
            postgresql_where=text("name_sealed is not null and ended_at is not null"),
        ),
        Index("ix_lent_back", "back_by", "id", postgresql_where=text("state = 'returning'")),
    )  # fmt: skip
