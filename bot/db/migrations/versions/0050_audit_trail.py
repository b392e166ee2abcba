"""The audit trail can only be added to, and tells who looked at whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# Nothing changes an entry. The sweep may delete old ones: it says before which moment (`bot.keeping.rows`), which holds for its
# transaction, and the deleting statement leaves an entry of its own that nobody who takes this way can leave out.
_KEEP = """
CREATE FUNCTION keep_the_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < nullif(current_setting('cityline.forget_before', true), '')::timestamptz THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail can only be added to' USING ERRCODE = 'insufficient_privilege';
END $$
"""
_TELL = """
CREATE FUNCTION tell_what_was_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
BEGIN
    SELECT count(*) INTO gone FROM forgotten;
    IF gone > 0 THEN
        INSERT INTO audit (actor, action, subject_kind, subject_id, detail) VALUES (
            'system', 'audit.forgotten', 'audit', TG_TABLE_NAME,
            jsonb_build_object('entries', gone, 'before', current_setting('cityline.forget_before', true))
        );
    END IF;
    RETURN NULL;
END $$
"""
_TABLES = ("audit", "looks")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("quarter", moment, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
        sa.UniqueConstraint("subject_kind", "subject_id", "actor", "quarter", name="uq_looks_once"),
    )
    op.create_index("ix_looks_at", "looks", ["at", "id"])
    op.create_index("ix_looks_actor", "looks", ["actor", "at", "id"])
    op.execute(_KEEP)
    op.execute(_TELL)
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_the_trail()"
        )
        op.execute(
            f"CREATE TRIGGER keep_all_{table} BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_the_trail()"
        )
        op.execute(
            f"CREATE TRIGGER tell_{table} AFTER DELETE ON {table} REFERENCING OLD TABLE AS forgotten "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_what_was_forgotten()"
        )
    with op.get_context().autocommit_block():
        for name, columns in (("ix_audit_at", ["at", "id"]), ("ix_audit_actor", ["actor", "at", "id"])):
            op.create_index(name, "audit", columns, postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("ix_audit_actor", "audit")
    op.drop_index("ix_audit_at", "audit")
    for kind in ("keep", "keep_all", "tell"):
        op.execute(f"DROP TRIGGER {kind}_audit ON audit")
    op.drop_table("looks")
    op.execute("DROP FUNCTION tell_what_was_forgotten()")
    op.execute("DROP FUNCTION keep_the_trail()")
