"""Postings and the immutable versions of their terms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.codes import FUNDINGS, JOB_KINDS, PAY_UNITS, SETTLEMENTS, WORK_MODES
from service.db.base import NEXT_NUMBER, Base, Stateful, one_of
from service.ids import new_id
from service.postings.lifecycle import ENDED, POSTING


class PostingRow(Stateful):
    """An employer's need. Shift-bound (dated shifts) or pattern-bound (days, windows, minimum hours).

    `terms_version` counts material versions; the words of each stand in posting_versions. `series` (shift-bound)
    is {"shifts": [{"starts_at", "ends_at", "headcount"?, "break_minutes"?}]} or {"starts_at", "ends_at",
    "weekdays", "every_weeks", "count", "until", "exceptions"}; `pattern` is {"slots": [{"start", "end",
    "weekdays"}], "kind", "weekdays", "min_days_per_week", "max_days_per_week", "min_minutes_per_day",
    "min_months", "flexible_window", "from", "until", "exceptions"}. Weekdays are 0 (Monday) to 6; an exception
    is {"day", "kind": removed | added | changed, "start"?, "end"?}. `pickup` is {"lon", "lat", "address",
    "seats", "leaves_at", "way_back"}; `conditions` is {"meals", "lodging", "travel", "bring", "outdoor",
    "insurance", "injury_cover", "insurance_policy", "units_per_hour"}; `skills` are [{"trade", "min_level",
    "wished"}]; `pay_tiers` are [{"from_minutes", "rate_fen"}] above the base rate; `defaulted` holds the JSON
    pointers of the fields that took a default, `warnings` are [{"pointer", "code", "facts"}].
    """

    __tablename__ = "postings"
    NOUN = "posting"

    number: Mapped[int] = mapped_column(BigInteger, server_default=NEXT_NUMBER, unique=True)
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"))
    channel: Mapped[str]  # api, web, import, sight, officer
    private: Mapped[bool] = mapped_column(default=False)  # hire by sight: shown to nobody else
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    source_digest: Mapped[bytes | None]
    title: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text)
    trade: Mapped[str]
    occupation_code: Mapped[str | None]
    industry: Mapped[str | None]
    job_kind: Mapped[str]
    work_mode: Mapped[str] = mapped_column(default="on_site")
    binding: Mapped[str]  # shift or pattern
    pattern: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    series: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    headcount: Mapped[int]
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    approximate: Mapped[bool] = mapped_column(default=False)
    pickup: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    radius_limit_m: Mapped[int | None]
    pay_fen: Mapped[int] = mapped_column(BigInteger)
    pay_most_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_unit: Mapped[str]
    pay_unit_label: Mapped[str | None]
    pay_tiers: Mapped[list] = mapped_column(JSONB, default=list)
    pay_note: Mapped[str | None]
    settlement: Mapped[str]
    call_off_fen: Mapped[int] = mapped_column(BigInteger, default=0)  # 误工补贴 for a late call-off
    break_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    conditions: Mapped[dict] = mapped_column(JSONB, default=dict)
    certificates: Mapped[list] = mapped_column(JSONB, default=list)
    skills: Mapped[list] = mapped_column(JSONB, default=list)
    adult_only: Mapped[bool] = mapped_column(default=False)
    min_age: Mapped[int | None] = mapped_column(SmallInteger)
    max_age: Mapped[int | None] = mapped_column(SmallInteger)  # asked by sources; warned about, never a gate
    funding: Mapped[str] = mapped_column(default="employer", server_default="employer")
    traits: Mapped[list] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    priority_groups: Mapped[list] = mapped_column(JSONB, default=list)  # whom public support is meant for
    claimable: Mapped[bool] = mapped_column(default=True)  # first confirmed wins; else applications only
    defaulted: Mapped[list] = mapped_column(JSONB, default=list)
    warnings: Mapped[list] = mapped_column(JSONB, default=list)
    terms_version: Mapped[int] = mapped_column(default=1)
    terms_hash: Mapped[str]
    valid_until: Mapped[datetime]
    review_due_at: Mapped[datetime | None]
    reviewer_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]  # when its employer last said that it holds
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    copied_from: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))  # a repost keeps where it comes from
    paused_by: Mapped[str | None]  # employer, restriction (of the employer), hold (an officer's)
    paused_before: Mapped[str | None]  # under a hold: shown, or by whom it was paused before
    search: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    __table_args__ = (
        CheckConstraint(POSTING.check(), name="state"),
        CheckConstraint("binding in ('shift', 'pattern')", name="binding"),
        CheckConstraint("(binding = 'pattern') = (pattern is not null)", name="pattern"),
        CheckConstraint("headcount between 1 and 10000", name="headcount"),
        CheckConstraint("pay_fen between 1 and 100000000", name="pay_fen"),
        CheckConstraint("pay_most_fen >= pay_fen", name="pay_most_fen"),
        CheckConstraint("call_off_fen between 0 and 100000000", name="call_off_fen"),
        CheckConstraint(one_of("pay_unit", PAY_UNITS), name="pay_unit"),
        CheckConstraint(one_of("settlement", SETTLEMENTS), name="settlement"),
        CheckConstraint(one_of("job_kind", JOB_KINDS), name="job_kind"),
        CheckConstraint(one_of("work_mode", WORK_MODES), name="work_mode"),
        CheckConstraint(one_of("funding", FUNDINGS), name="funding"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="point_range"),
        CheckConstraint("min_age is null or min_age between 16 and 100", name="min_age"),
        CheckConstraint(
            "state not in ('published', 'filled') or published_at is not null", name="published_at"
        ),
        CheckConstraint(
            f"state = 'appealed' or ({one_of('state', sorted(ENDED))}) = (closed_at is not null)", name="closed_at"
        ),
        CheckConstraint("(source is null) = (source_id is null)", name="source"),
        CheckConstraint("(state = 'merged') = (merged_into is not null)", name="merged_into"),
        CheckConstraint("paused_by is null or state = 'paused'", name="paused_by"),
        CheckConstraint("paused_by in ('employer', 'restriction', 'hold')", name="paused_by_known"),
        CheckConstraint("(paused_by is not distinct from 'hold') = (paused_before is not null)", name="paused_before"),
        Index("uq_postings_source", "source", "source_id", unique=True),
        Index("ix_postings_search", "search", postgresql_using="gin"),
        Index(
            "ix_postings_public", "city_code", "published_at", "id",
            postgresql_where=text("state in ('published', 'filled') and not private"),
        ),
        Index(
            "ix_postings_near", text("point(lon, lat)"), postgresql_using="gist",
            postgresql_where=text("state = 'published' and not private"),
        ),
        Index(
            "ix_postings_shown", "city_code", "published_at",
            postgresql_where=text("published_at is not null and not private"),
        ),
        Index(
            "ix_postings_sitemap", "id", postgresql_include=["updated_at", "state"],
            postgresql_where=text("published_at is not null and not private"),
        ),
        Index(
            "ix_postings_review", "review_due_at", "id", postgresql_where=text("state = 'submitted'")
        ),
    )  # fmt: skip


class PostingVersionRow(Base):
    """The terms of one version, word for word, and their hash: what both sides accept before work."""

    __tablename__ = "posting_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    terms_version: Mapped[int]
    terms: Mapped[dict] = mapped_column(JSONB)
    terms_hash: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_posting_versions_version", "posting_id", "terms_version", unique=True),)
