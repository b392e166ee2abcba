"""What the console shows is marked as changed by the database itself, in the transaction that changes it.

Triggers rather than a call where something is changed: nobody who writes another way to change a request can forget it, and what
is mended by hand with SQL is seen, too. They fire once a statement; a statement that changes more than a hundred things says so
in one row. See docs/decisions/0036-an-open-tab-hears.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

# Of a request, by the table that holds a part of it.
PARTS = ("updates", "feedback", "additions", "subscribers", "request_photos")

MARK = """
CREATE FUNCTION cityline_changed(topics text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(topics) > 100 THEN
        topics := ARRAY['*'];
    END IF;
    INSERT INTO changes (xact, topic)
        SELECT pg_current_xact_id()::text::bigint, topic FROM unnest(topics) AS topic
        ON CONFLICT DO NOTHING;
    IF FOUND THEN
        NOTIFY cityline_changes;
    END IF;
END $$
"""

# Each is the body of a trigger's function; `changed` holds the rows of the statement.
OF_STATEMENTS = {
    "request_part": "array_agg(DISTINCT 'r' || request_id) FROM changed",
    "request": "array_agg('r' || id) FROM changed",
    "conversation_of_contact": (
        "array_agg('c' || conversations.id) FROM changed JOIN conversations ON contact_id = changed.id"
    ),
    # Somebody writes from a number that another gave up: the page of the other one says so.
    "contact_came": (
        "array_agg('c' || conversations.id) FROM changed JOIN contacts AS others ON others.channel = changed.channel "
        "AND others.address = changed.address AND others.given_up_at IS NOT NULL "
        "JOIN conversations ON conversations.contact_id = others.id"
    ),
    "file": (
        "array_agg(DISTINCT 'c' || messages.conversation_id) FROM changed JOIN messages ON messages.id = changed.message_id"
    ),
    # Whoever waits in a conversation that a person has taken over waits for that person.
    "message_in": (
        "array_agg(DISTINCT topic) FROM (SELECT 'c' || conversation_id AS topic FROM changed UNION ALL "
        "SELECT 'w' FROM changed JOIN conversations ON conversations.id = changed.conversation_id "
        "WHERE taken_over_at IS NOT NULL) AS told"
    ),
    # The page of a request tells how many have heard of an update: what becomes of the message is news there, too.
    "message_on": (
        "array_agg(DISTINCT topic) FROM (SELECT 'c' || conversation_id AS topic FROM changed UNION ALL "
        "SELECT 'r' || updates.request_id FROM changed JOIN notices ON notices.turn_id = changed.turn_id "
        "JOIN updates ON updates.id = notices.update_id WHERE changed.direction = 'out') AS told"
    ),
    "conversation": (
        "array_agg(DISTINCT topic) FROM (SELECT 'c' || id AS topic FROM changed UNION ALL "
        "SELECT 'w' FROM changed JOIN before USING (id) WHERE "
        "(changed.wants_person_at, changed.taken_over_at, changed.taken_over_by) IS DISTINCT FROM "
        "(before.wants_person_at, before.taken_over_at, before.taken_over_by)) AS told"
    ),
    "viewer": "array_agg(DISTINCT 'h' || subject) FROM changed",
    "login": "array_agg(DISTINCT text 'login') FROM changed",
}

# (table, event, function)
STATEMENTS = (
    *((table, event, "request_part") for table in PARTS for event in ("INSERT", "UPDATE", "DELETE")),
    ("service_requests", "INSERT", "request"),
    ("service_requests", "UPDATE", "request"),
    ("contacts", "INSERT", "contact_came"),
    ("contacts", "UPDATE", "conversation_of_contact"),
    ("media", "UPDATE", "file"),
    ("messages", "INSERT", "message_in"),
    ("messages", "UPDATE", "message_on"),
    ("messages", "DELETE", "message_in"),
    ("conversations", "UPDATE", "conversation"),
    ("viewers", "INSERT", "viewer"),
    ("viewers", "DELETE", "viewer"),
    ("staff_sessions", "DELETE", "login"),
)

# (table, column, topic): of a table that changes all the time, one column that is news.
COLUMNS = (
    ("turns", "parked_at", "'c' || NEW.conversation_id"),
    ("notices", "state", "'r' || (SELECT request_id FROM updates WHERE id = NEW.update_id)"),
    ("staff", "disabled_at", "text 'login'"),
)


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("xact", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("topic", sa.String(24), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "viewers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_viewers_subject", "viewers", ["subject"])
    waits = sa.text("wants_person_at IS NOT NULL AND taken_over_at IS NULL")
    taken_over = sa.text("taken_over_at IS NOT NULL")
    op.create_index("ix_conversations_waiting", "conversations", ["wants_person_at"], postgresql_where=waits)
    op.create_index(
        "ix_conversations_taken_over", "conversations", ["taken_over_by"], postgresql_where=taken_over
    )
    given_up = sa.text("given_up_at IS NOT NULL")
    op.create_index("ix_contacts_given_up", "contacts", ["address"], postgresql_where=given_up)
    op.execute(MARK)
    for name, topics in OF_STATEMENTS.items():
        op.execute(
            f"CREATE FUNCTION cityline_changed_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN PERFORM cityline_changed((SELECT {topics})); RETURN NULL; END $$"
        )
    for table, event, name in STATEMENTS:
        rows = "OLD" if event == "DELETE" else "NEW"
        before = " OLD TABLE AS before" if name == "conversation" else ""
        op.execute(
            f"CREATE TRIGGER cityline_changed_{event.lower()} AFTER {event} ON {table} "
            f"REFERENCING {rows} TABLE AS changed{before} FOR EACH STATEMENT EXECUTE FUNCTION cityline_changed_{name}()"
        )
    for table, column, topic in COLUMNS:
        op.execute(
            f"CREATE FUNCTION cityline_changed_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN PERFORM cityline_changed(ARRAY[{topic}]); RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER cityline_changed AFTER UPDATE OF {column} ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION cityline_changed_{table}()"
        )


def downgrade() -> None:
    for table, event, _ in STATEMENTS:
        op.execute(f"DROP TRIGGER cityline_changed_{event.lower()} ON {table}")
    for table, _, _ in COLUMNS:
        op.execute(f"DROP TRIGGER cityline_changed ON {table}")
    for name in (*OF_STATEMENTS, *(table for table, _, _ in COLUMNS)):
        op.execute(f"DROP FUNCTION cityline_changed_{name}()")
    op.execute("DROP FUNCTION cityline_changed(text[])")
    op.drop_index("ix_contacts_given_up", "contacts")
    op.drop_index("ix_conversations_taken_over", "conversations")
    op.drop_index("ix_conversations_waiting", "conversations")
    op.drop_table("viewers")
    op.drop_table("changes")
