"""workers employers postings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "employers",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=True),
        sa.Column("licence_number", sa.String(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("contact_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.UUID(), nullable=True),
        sa.Column("recheck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.String(), nullable=True),
        sa.Column("contact_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reliability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'hr_agency' or licence_number is not null", name=op.f("ck_employers_licence_number")
        ),
        sa.CheckConstraint("kind = 'household' or credit_code is not null", name=op.f("ck_employers_credit_code")),
        sa.CheckConstraint(
            "kind in ('enterprise', 'sole_trader', 'public_body', 'household', 'hr_agency')",
            name=op.f("ck_employers_kind"),
        ),
        sa.CheckConstraint(
            "state in ('applied', 'refused', 'restricted', 'suspended', 'verified')",
            name=op.f("ck_employers_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
    )
    op.create_index("uq_employers_credit_code", "employers", ["credit_code"], unique=True)
    op.create_index(
        "ix_employers_review",
        "employers",
        ["answer_by", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'applied'"),
    )
    op.create_table(
        "invitations",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('accepted', 'declined', 'lapsed', 'waiting', 'withdrawn')", name=op.f("ck_invitations_state")
        ),
        sa.CheckConstraint("role in ('owner', 'manager', 'clerk')", name=op.f("ck_invitations_role")),
        sa.CheckConstraint("(state = 'waiting') = (closed_at is null)", name=op.f("ck_invitations_closed_at")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_invitations_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_employer_id"), "invitations", ["employer_id"], unique=False)
    op.create_index(op.f("ix_invitations_phone_hash"), "invitations", ["phone_hash"], unique=False)
    op.create_index(
        "uq_invitations_live",
        "invitations",
        ["employer_id", "phone_hash"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "imports",
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("mapping_text", sa.String(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("spool", sa.String(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('cancelled', 'done', 'failed', 'queued', 'running')", name=op.f("ck_imports_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "outcome in ('accepted', 'updated', 'unchanged', 'refused')", name=op.f("ck_import_lines_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_lines_import_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_lines")),
    )
    op.create_table(
        "members",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('owner', 'manager', 'clerk')", name=op.f("ck_members_role")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_members_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_employer_id"), "members", ["employer_id"], unique=False)
    op.create_index(op.f("ix_members_person_id"), "members", ["person_id"], unique=False)
    op.create_index(
        "uq_members_live",
        "members",
        ["employer_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    op.create_table(
        "sites",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_sites_point")),
        sa.CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_sites_point_range")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_sites_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_employer_id"), "sites", ["employer_id"], unique=False)
    op.create_table(
        "workers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("introducible_from", sa.Date(), nullable=True),
        sa.Column("adult_from", sa.Date(), nullable=True),
        sa.Column("home_lon", sa.Double(), nullable=True),
        sa.Column("home_lat", sa.Double(), nullable=True),
        sa.Column("home_datum", sa.String(), nullable=True),
        sa.Column("home_approximate", sa.Boolean(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("weekly", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("exceptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pay_wish_fen", sa.BigInteger(), nullable=True),
        sa.Column("pay_wish_unit", sa.String(), nullable=True),
        sa.Column("intro", sa.String(), nullable=True),
        sa.Column("reliability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('active', 'merged', 'resting')", name=op.f("ck_workers_state")),
        sa.CheckConstraint("(home_lon is null) = (home_lat is null)", name=op.f("ck_workers_home")),
        sa.CheckConstraint(
            "home_lon between -180 and 180 and home_lat between -90 and 90",
            name=op.f("ck_workers_home_range"),
        ),
        sa.CheckConstraint("radius_m between 100 and 200000", name=op.f("ck_workers_radius_m")),
        sa.ForeignKeyConstraint(["id"], ["persons.id"], name=op.f("fk_workers_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "blocks",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("set_by in ('employer', 'worker')", name=op.f("ck_blocks_set_by")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_blocks_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_blocks_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_employer_id"), "blocks", ["employer_id"], unique=False)
    op.create_index(op.f("ix_blocks_worker_id"), "blocks", ["worker_id"], unique=False)
    op.create_index(
        "uq_blocks_live",
        "blocks",
        ["employer_id", "worker_id", "set_by"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "certificates",
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.UUID(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_certificates_days")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_certificates_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_worker_id"), "certificates", ["worker_id"], unique=False)
    op.create_table(
        "crews",
        sa.Column("leader_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("least", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('closed', 'open')", name=op.f("ck_crews_state")),
        sa.CheckConstraint("least between 1 and 6", name=op.f("ck_crews_least")),
        sa.ForeignKeyConstraint(["leader_id"], ["workers.id"], name=op.f("fk_crews_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crews")),
    )
    op.create_index(op.f("ix_crews_leader_id"), "crews", ["leader_id"], unique=False)
    op.create_table(
        "pool_members",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("auto_accept", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_pool_members_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_pool_members_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_members")),
    )
    op.create_index(op.f("ix_pool_members_employer_id"), "pool_members", ["employer_id"], unique=False)
    op.create_index(op.f("ix_pool_members_worker_id"), "pool_members", ["worker_id"], unique=False)
    op.create_index(
        "uq_pool_members_live",
        "pool_members",
        ["employer_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )
    op.create_table(
        "postings",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("site_id", sa.UUID(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("source_digest", sa.LargeBinary(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("occupation_code", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("job_kind", sa.String(), nullable=False),
        sa.Column("work_mode", sa.String(), nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("pattern", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("series", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("pickup", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("radius_limit_m", sa.Integer(), nullable=True),
        sa.Column("pay_fen", sa.BigInteger(), nullable=False),
        sa.Column("pay_most_fen", sa.BigInteger(), nullable=True),
        sa.Column("pay_unit", sa.String(), nullable=False),
        sa.Column("pay_unit_label", sa.String(), nullable=True),
        sa.Column("pay_tiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pay_note", sa.String(), nullable=True),
        sa.Column("settlement", sa.String(), nullable=False),
        sa.Column("call_off_fen", sa.BigInteger(), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("certificates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("adult_only", sa.Boolean(), nullable=False),
        sa.Column("min_age", sa.SmallInteger(), nullable=True),
        sa.Column("max_age", sa.SmallInteger(), nullable=True),
        sa.Column("priority_groups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("claimable", sa.Boolean(), nullable=False),
        sa.Column("defaulted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.UUID(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(binding = 'pattern') = (pattern is not null)", name=op.f("ck_postings_pattern")),
        sa.CheckConstraint("binding in ('shift', 'pattern')", name=op.f("ck_postings_binding")),
        sa.CheckConstraint(
            "job_kind in ('part_time', 'day_labour', 'seasonal', 'task', 'platform_task', 'convenience_service', 'public_welfare', 'full_time')",
            name=op.f("ck_postings_job_kind"),
        ),
        sa.CheckConstraint(
            "pay_unit in ('hour', 'day', 'shift', 'piece', 'order', 'fixed', 'month', 'area')",
            name=op.f("ck_postings_pay_unit"),
        ),
        sa.CheckConstraint(
            "settlement in ('on_completion', 'daily', 'weekly', 'half_month', 'monthly', 'per_order')",
            name=op.f("ck_postings_settlement"),
        ),
        sa.CheckConstraint(
            "state in ('appealed', 'draft', 'expired', 'filled', 'final', 'paused', 'published', 'rejected', 'submitted', 'taken_down', 'withdrawn')",
            name=op.f("ck_postings_state"),
        ),
        sa.CheckConstraint(
            "state not in ('published', 'filled') or published_at is not null",
            name=op.f("ck_postings_published_at"),
        ),
        sa.CheckConstraint(
            "work_mode in ('on_site', 'home_based', 'remote', 'side_job', 'split_time')",
            name=op.f("ck_postings_work_mode"),
        ),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_postings_point")),
        sa.CheckConstraint("(source is null) = (source_id is null)", name=op.f("ck_postings_source")),
        sa.CheckConstraint("call_off_fen between 0 and 100000000", name=op.f("ck_postings_call_off_fen")),
        sa.CheckConstraint("headcount between 1 and 10000", name=op.f("ck_postings_headcount")),
        sa.CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_postings_point_range")),
        sa.CheckConstraint("min_age is null or min_age between 16 and 100", name=op.f("ck_postings_min_age")),
        sa.CheckConstraint("pay_fen between 1 and 100000000", name=op.f("ck_postings_pay_fen")),
        sa.CheckConstraint("pay_most_fen >= pay_fen", name=op.f("ck_postings_pay_most_fen")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_postings_employer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_postings_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_employer_id"), "postings", ["employer_id"], unique=False)
    op.create_index(
        "ix_postings_near",
        "postings",
        [sa.literal_column("point(lon, lat)")],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("state = 'published' and not private"),
    )
    op.create_index(
        "ix_postings_public",
        "postings",
        ["city_code", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('published', 'filled') and not private"),
    )
    op.create_index(
        "ix_postings_review",
        "postings",
        ["review_due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index("ix_postings_search", "postings", ["search"], unique=False, postgresql_using="gin")
    op.create_index("uq_postings_source", "postings", ["source", "source_id"], unique=True)
    op.create_table(
        "skills",
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.UUID(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level between 0 and 4", name=op.f("ck_skills_level")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_skills_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
    )
    op.create_index(op.f("ix_skills_worker_id"), "skills", ["worker_id"], unique=False)
    op.create_index(
        "uq_skills_live",
        "skills",
        ["worker_id", "trade", "name"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "worker_codes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('card', 'feed', 'word')", name=op.f("ck_worker_codes_kind")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_worker_codes_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_codes")),
    )
    op.create_index(op.f("ix_worker_codes_worker_id"), "worker_codes", ["worker_id"], unique=False)
    op.create_index(
        "uq_worker_codes_live",
        "worker_codes",
        ["hash"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.create_table(
        "crew_members",
        sa.Column("crew_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_crew_members_crew_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_crew_members_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_members")),
    )
    op.create_index(op.f("ix_crew_members_crew_id"), "crew_members", ["crew_id"], unique=False)
    op.create_index(op.f("ix_crew_members_worker_id"), "crew_members", ["worker_id"], unique=False)
    op.create_index(
        "uq_crew_members_live",
        "crew_members",
        ["crew_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    op.create_table(
        "posting_versions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_posting_versions_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_versions")),
    )
    op.create_index("uq_posting_versions_version", "posting_versions", ["posting_id", "terms_version"], unique=True)
    op.create_table(
        "shifts",
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("wait_numbers", sa.Integer(), nullable=False),
        sa.Column("check_in_code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name=op.f("ck_shifts_cancelled_at")),
        sa.CheckConstraint(
            "ends_at > starts_at and ends_at <= starts_at + interval '24 hours'", name=op.f("ck_shifts_span")
        ),
        sa.CheckConstraint("state in ('cancelled', 'ended', 'open')", name=op.f("ck_shifts_state")),
        sa.CheckConstraint("headcount between 1 and 10000", name=op.f("ck_shifts_headcount")),
        sa.CheckConstraint("taken between 0 and headcount", name=op.f("ck_shifts_seats")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_shifts_employer_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_shifts_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_employer_id"), "shifts", ["employer_id"], unique=False)
    op.create_index(
        "ix_shifts_open",
        "shifts",
        ["city_code", "starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_shifts_posting",
        "shifts",
        ["posting_id", "starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("uq_shifts_occurrence", "shifts", ["posting_id", "occurrence"], unique=True)
    op.create_table(
        "waitings",
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("venue_id", sa.UUID(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("trades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("own_tools", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("crew_id", sa.UUID(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('ended', 'waiting')", name=op.f("ck_waitings_state")),
        sa.ForeignKeyConstraint(["crew_id"], ["crews.id"], name=op.f("fk_waitings_crew_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_waitings_venue_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_waitings_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitings")),
    )
    op.create_index(
        "uq_waitings_live",
        "waitings",
        ["worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("uq_waitings_live", table_name="waitings", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("waitings")
    op.drop_index("uq_shifts_occurrence", table_name="shifts")
    op.drop_index("ix_shifts_posting", table_name="shifts", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_shifts_open", table_name="shifts", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_shifts_employer_id"), table_name="shifts")
    op.drop_table("shifts")
    op.drop_index("uq_posting_versions_version", table_name="posting_versions")
    op.drop_table("posting_versions")
    op.drop_index("uq_crew_members_live", table_name="crew_members", postgresql_where=sa.text("left_at is null"))
    op.drop_index(op.f("ix_crew_members_worker_id"), table_name="crew_members")
    op.drop_index(op.f("ix_crew_members_crew_id"), table_name="crew_members")
    op.drop_table("crew_members")
    op.drop_index("uq_worker_codes_live", table_name="worker_codes", postgresql_where=sa.text("revoked_at is null"))
    op.drop_index(op.f("ix_worker_codes_worker_id"), table_name="worker_codes")
    op.drop_table("worker_codes")
    op.drop_index(
        "uq_skills_live",
        table_name="skills",
        postgresql_where=sa.text("removed_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(op.f("ix_skills_worker_id"), table_name="skills")
    op.drop_table("skills")
    op.drop_index("uq_postings_source", table_name="postings")
    op.drop_index("ix_postings_search", table_name="postings", postgresql_using="gin")
    op.drop_index("ix_postings_review", table_name="postings", postgresql_where=sa.text("state = 'submitted'"))
    op.drop_index(
        "ix_postings_public",
        table_name="postings",
        postgresql_where=sa.text("state in ('published', 'filled') and not private"),
    )
    op.drop_index(
        "ix_postings_near",
        table_name="postings",
        postgresql_using="gist",
        postgresql_where=sa.text("state = 'published' and not private"),
    )
    op.drop_index(op.f("ix_postings_employer_id"), table_name="postings")
    op.drop_table("postings")
    op.drop_index("uq_pool_members_live", table_name="pool_members", postgresql_where=sa.text("removed_at is null"))
    op.drop_index(op.f("ix_pool_members_worker_id"), table_name="pool_members")
    op.drop_index(op.f("ix_pool_members_employer_id"), table_name="pool_members")
    op.drop_table("pool_members")
    op.drop_index(op.f("ix_crews_leader_id"), table_name="crews")
    op.drop_table("crews")
    op.drop_index(op.f("ix_certificates_worker_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_index("uq_blocks_live", table_name="blocks", postgresql_where=sa.text("lifted_at is null"))
    op.drop_index(op.f("ix_blocks_worker_id"), table_name="blocks")
    op.drop_index(op.f("ix_blocks_employer_id"), table_name="blocks")
    op.drop_table("blocks")
    op.drop_table("workers")
    op.drop_index(op.f("ix_sites_employer_id"), table_name="sites")
    op.drop_table("sites")
    op.drop_index("uq_members_live", table_name="members", postgresql_where=sa.text("left_at is null"))
    op.drop_index(op.f("ix_members_person_id"), table_name="members")
    op.drop_index(op.f("ix_members_employer_id"), table_name="members")
    op.drop_table("members")
    op.drop_table("import_lines")
    op.drop_table("imports")
    op.drop_index("uq_invitations_live", table_name="invitations", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f("ix_invitations_phone_hash"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_employer_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index("ix_employers_review", table_name="employers", postgresql_where=sa.text("state = 'applied'"))
    op.drop_index("uq_employers_credit_code", table_name="employers")
    op.drop_table("employers")
