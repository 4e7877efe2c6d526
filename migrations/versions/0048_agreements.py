"""agreements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


# What no code may do by mistake: change what was drawn or signed, call signed what somebody has not signed, or begin
# work that needs an agreement before it.
AGREEMENTS_FIXED = """
create function agreements_fixed() returns trigger language plpgsql as $$
begin
    if (new.kind, new.subject_noun, new.subject_id, new.posting_id, new.terms_version, new.edition,
        new.template_version, new.hash, new.differs, new.sealed_for)
       is distinct from
       (old.kind, old.subject_noun, old.subject_id, old.posting_id, old.terms_version, old.edition,
        old.template_version, old.hash, old.differs, old.sealed_for)
       or (new.document_sealed is not null and new.document_sealed is distinct from old.document_sealed) then
        raise exception 'an agreement never changes' using errcode = '23514', constraint = 'agreements_fixed';
    end if;
    if new.state = 'signed' and old.state <> 'signed' and (
        not exists (select from signatures s where s.agreement_id = new.id)
        or exists (select from signatures s where s.agreement_id = new.id and s.hash is distinct from new.hash)
    ) then
        raise exception 'somebody has not signed' using errcode = '23514', constraint = 'agreements_signed_by_all';
    end if;
    return new;
end $$
"""
SIGNATURES_FIXED = """
create function signatures_fixed() returns trigger language plpgsql as $$
begin
    if (new.agreement_id, new.role, new.employer_id) is distinct from (old.agreement_id, old.role, old.employer_id)
       or (old.signed_at is not null and (
           (new.signer_id, new.how, new.hash, new.signed_at, new.taken_by, new.picture_hash)
           is distinct from (old.signer_id, old.how, old.hash, old.signed_at, old.taken_by, old.picture_hash)
           or (new.picture_sealed is not null and new.picture_sealed is distinct from old.picture_sealed))) then
        raise exception 'a signature never changes' using errcode = '23514', constraint = 'signatures_fixed';
    end if;
    return new;
end $$
"""
BEFORE_WORK = """
create function agreement_before_work() returns trigger language plpgsql as $$
begin
    if exists (select from triages t where t.posting_id = new.posting_id and t.replaced_at is null
               and t.needed = 'before_work')
       and not exists (select from agreements a where a.posting_id = new.posting_id and a.worker_id = new.worker_id
                       and a.terms_version = new.terms_version and a.state = 'signed') then
        raise exception 'no agreement is signed' using errcode = '23P01', constraint = 'agreement_before_work';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "agreements",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=True),
        sa.Column("posting_id", sa.UUID(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("template_version", sa.SmallInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_for", sa.UUID(), nullable=True),
        sa.Column("differs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("supersedes_id", sa.UUID(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state in ('drawn', 'signed')) = (closed_at is null)", name=op.f("ck_agreements_closed_at")
        ),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_agreements_hash")),
        sa.CheckConstraint(
            "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note')",
            name=op.f("ck_agreements_kind"),
        ),
        sa.CheckConstraint("state <> 'signed' or signed_at is not null", name=op.f("ck_agreements_signed_at")),
        sa.CheckConstraint(
            "state in ('declined', 'drawn', 'signed', 'superseded', 'void')", name=op.f("ck_agreements_state")
        ),
        sa.CheckConstraint("(posting_id is null) = (terms_version is null)", name=op.f("ck_agreements_posting")),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_agreements_edition")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_agreements_posting_id")),
        sa.ForeignKeyConstraint(["sealed_for"], ["persons.id"], name=op.f("fk_agreements_sealed_for")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["agreements.id"], name=op.f("fk_agreements_supersedes_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["persons.id"], name=op.f("fk_agreements_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("hash", name=op.f("uq_agreements_hash")),
    )
    op.create_index("ix_agreements_city", "agreements", ["city_code", "created_at", "id"], unique=False)
    op.create_index(
        "ix_agreements_posting",
        "agreements",
        ["posting_id", "worker_id"],
        unique=False,
        postgresql_where=sa.text("state = 'signed'"),
    )
    op.create_index("ix_agreements_subject", "agreements", ["subject_id", "created_at"], unique=False)
    op.create_index(op.f("ix_agreements_worker_id"), "agreements", ["worker_id"], unique=False)
    op.create_index(
        "uq_agreements_live",
        "agreements",
        ["kind", "subject_id", sa.literal_column("coalesce(worker_id, subject_id)")],
        unique=True,
        postgresql_where=sa.text("state in ('drawn', 'signed')"),
    )
    op.create_table(
        "triages",
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("questions_version", sa.SmallInteger(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("needed", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note')",
            name=op.f("ck_triages_kind"),
        ),
        sa.CheckConstraint("needed in ('before_work', 'within_month', 'advised')", name=op.f("ck_triages_needed")),
        sa.CheckConstraint(
            "result in ('labour_relation', 'incomplete_relation', 'civil')", name=op.f("ck_triages_result")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_triages_employer_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_triages_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triages")),
    )
    op.create_index("ix_triages_employer", "triages", ["employer_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_triages_live", "triages", ["posting_id"], unique=True, postgresql_where=sa.text("replaced_at is null")
    )
    op.create_table(
        "signatures",
        sa.Column("agreement_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("signer_id", sa.UUID(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.UUID(), nullable=True),
        sa.Column("picture_hash", sa.String(), nullable=True),
        sa.Column("picture_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(how is not distinct from 'paper') = (picture_hash is not null)", name=op.f("ck_signatures_picture")
        ),
        sa.CheckConstraint("how in ('code', 'paper')", name=op.f("ck_signatures_how")),
        sa.CheckConstraint("role in ('lender', 'borrower', 'employer', 'worker')", name=op.f("ck_signatures_role")),
        sa.CheckConstraint("taken_by is null or how = 'paper'", name=op.f("ck_signatures_taken_by")),
        sa.CheckConstraint("(employer_id is null) <> (person_id is null)", name=op.f("ck_signatures_party")),
        sa.CheckConstraint("num_nonnulls(signer_id, how, hash, signed_at) in (0, 4)", name=op.f("ck_signatures_whole")),
        sa.CheckConstraint(
            "picture_sealed is null or picture_hash is not null", name=op.f("ck_signatures_picture_sealed")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_signatures_agreement_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_signatures_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["persons.id"], name=op.f("fk_signatures_signer_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_signatures_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_employer_id"), "signatures", ["employer_id"], unique=False)
    op.create_index(op.f("ix_signatures_person_id"), "signatures", ["person_id"], unique=False)
    op.create_index("uq_signatures_role", "signatures", ["agreement_id", "role"], unique=True)
    op.create_index(
        "uq_signatures_signer",
        "signatures",
        ["agreement_id", "signer_id"],
        unique=True,
        postgresql_where=sa.text("signer_id is not null"),
    )
    op.execute(AGREEMENTS_FIXED)
    op.execute(
        "create trigger agreements_fixed before update on agreements for each row execute function agreements_fixed()"
    )
    op.execute(SIGNATURES_FIXED)
    op.execute(
        "create trigger signatures_fixed before update on signatures for each row execute function signatures_fixed()"
    )
    op.execute(BEFORE_WORK)
    op.execute(
        "create trigger agreement_before_work before update of state on engagements for each row"
        " when (old.state = 'confirmed' and new.state = 'on_duty') execute function agreement_before_work()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger agreement_before_work on engagements")
    op.execute("drop trigger signatures_fixed on signatures")
    op.execute("drop trigger agreements_fixed on agreements")
    op.execute("drop function agreement_before_work()")
    op.execute("drop function signatures_fixed()")
    op.execute("drop function agreements_fixed()")
    op.drop_index("uq_signatures_signer", table_name="signatures", postgresql_where=sa.text("signer_id is not null"))
    op.drop_index("uq_signatures_role", table_name="signatures")
    op.drop_index(op.f("ix_signatures_person_id"), table_name="signatures")
    op.drop_index(op.f("ix_signatures_employer_id"), table_name="signatures")
    op.drop_table("signatures")
    op.drop_index("uq_triages_live", table_name="triages", postgresql_where=sa.text("replaced_at is null"))
    op.drop_index("ix_triages_employer", table_name="triages")
    op.drop_table("triages")
    op.drop_index(
        "uq_agreements_live", table_name="agreements", postgresql_where=sa.text("state in ('drawn', 'signed')")
    )
    op.drop_index(op.f("ix_agreements_worker_id"), table_name="agreements")
    op.drop_index("ix_agreements_subject", table_name="agreements")
    op.drop_index("ix_agreements_posting", table_name="agreements", postgresql_where=sa.text("state = 'signed'"))
    op.drop_index("ix_agreements_city", table_name="agreements")
    op.drop_table("agreements")
