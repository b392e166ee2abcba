"""What the inbox asks of all requests at once stands on their rows, and all words can be found.

Written by triggers, in the transaction that changes what it is made of: whichever way a request is changed, joined, undone or
forgotten, no code can leave it out. What stands there already is filled in by the next migration, which holds no lock.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

# Lower case, no accents, words alone: as `bot.text.fold` reads what is searched for. Ranges, not classes of letters, since those
# depend on the locale of the database. PostgreSQL has `unaccent` only where contrib is installed, which the embedded server has not.
_APART = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f]+"
_FUNCTIONS = (
    rf"""
    CREATE FUNCTION cityline_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT regexp_replace(
        regexp_replace(normalize(lower(words), NFKD), '[\u0300-\u036f]', '', 'g'), '{_APART}', ' ', 'g')
    $$
    """,
    # A text may be in either language, and mixes both: it is found by the stems of each. With its accents as well, since the
    # Spanish stems of "reparación" and "reparacion" differ. Nothing asks for the positions.
    rf"""
    CREATE FUNCTION cityline_stems(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT strip(to_tsvector('english', folded) || to_tsvector('spanish', folded)
        || to_tsvector('spanish', regexp_replace(lower(words), '{_APART}', ' ', 'g')))
      FROM cityline_folded(words) AS folded
    $$
    """,  # noqa: S608 - a pattern of ours
    # All that staff read on the page of a request, but the conversation: that is in message_stems.
    r"""
    CREATE FUNCTION cityline_request_stems(r service_requests) RETURNS tsvector LANGUAGE sql STABLE AS $$
      SELECT to_tsvector('simple', lower(concat_ws(' ', replace(r.reference, '-', ''), replace(r.reference, '-', ' '))))
        || cityline_stems(left(concat_ws(' ', r.address, r.place_text, r.neighborhood, r.zip_code, r.description,
             r.staff_description, r.public_summary,
             (SELECT string_agg(concat_ws(' ', a.words, a.address), ' ') FROM additions a WHERE a.request_id = r.id),
             (SELECT string_agg(concat_ws(' ', u.public_text, u.internal_note, u.referred_to), ' ')
                FROM updates u WHERE u.request_id = r.id),
             (SELECT string_agg(f.comment, ' ') FROM feedback f WHERE f.request_id = r.id),
             (SELECT string_agg(concat_ws(' ', s.words, s.place_text), ' ') FROM subscribers s WHERE s.request_id = r.id)
           ), 100000))
    $$
    """,
    r"""
    CREATE FUNCTION cityline_note_request(wanted bigint) RETURNS void LANGUAGE sql AS $$
      UPDATE service_requests r SET
        staff_at = (SELECT max(u.created_at) FROM updates u WHERE u.request_id = r.id AND u.author LIKE 'staff:%'
          AND u.from_status IS NOT NULL AND u.undoes_id IS NULL AND NOT EXISTS (SELECT FROM updates x WHERE x.request_id = r.id AND x.undoes_id = u.id)),
        added_at = (SELECT max(a.created_at) FROM additions a WHERE a.request_id = r.id),
        asked_at = (SELECT max(a.created_at) FROM additions a WHERE a.request_id = r.id AND a.asks),
        reopened = EXISTS (SELECT FROM updates u WHERE u.request_id = r.id
          AND u.from_status IN ('resolved', 'closed') AND u.to_status = 'open'
          AND u.undoes_id IS NULL),
        not_fixed = EXISTS (SELECT FROM updates u WHERE u.request_id = r.id AND u.author = 'resident'
          AND u.from_status IN ('resolved', 'closed') AND u.to_status = 'open'
          AND u.internal_note <> 'The resident answered.'),
        stems = cityline_request_stems(r)
      WHERE r.id = wanted
    $$
    """,
    r"""
    CREATE FUNCTION cityline_on_request() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.stems := cityline_request_stems(NEW); RETURN NEW; END $$
    """,
    r"""
    CREATE FUNCTION cityline_on_part() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP <> 'INSERT' THEN PERFORM cityline_note_request(OLD.request_id); END IF;
      IF TG_OP = 'INSERT' THEN PERFORM cityline_note_request(NEW.request_id);
      ELSIF TG_OP = 'UPDATE' THEN
        IF NEW.request_id <> OLD.request_id THEN PERFORM cityline_note_request(NEW.request_id); END IF;
      END IF;
      RETURN NULL;
    END $$
    """,
    r"""
    CREATE FUNCTION cityline_on_message() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN DELETE FROM message_stems WHERE message_id = NEW.id; END IF;
      IF NEW.body <> '' AND NEW.author <> 'bot' THEN
        INSERT INTO message_stems (message_id, conversation_id, stems)
        VALUES (NEW.id, NEW.conversation_id, cityline_stems(left(NEW.body, 20000)))
        ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$
    """,
)
_TRIGGERS = (
    """
    CREATE TRIGGER cityline_stems BEFORE INSERT OR UPDATE OF reference, address, place_text, neighborhood, zip_code,
      description, staff_description, public_summary
    ON service_requests FOR EACH ROW EXECUTE FUNCTION cityline_on_request()
    """,
    # The first entry of every history says nothing, also where staff file it for somebody: filing is not made slower by it.
    """
    CREATE TRIGGER cityline_note AFTER INSERT ON updates FOR EACH ROW
    WHEN (NEW.from_status IS NOT NULL OR NEW.public_text <> '' OR NEW.internal_note <> '')
    EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note_change AFTER UPDATE OR DELETE ON updates FOR EACH ROW EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note AFTER INSERT OR UPDATE OR DELETE ON additions
    FOR EACH ROW EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note AFTER INSERT ON feedback FOR EACH ROW
    WHEN (NEW.comment <> '') EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note_change AFTER UPDATE OF comment, request_id OR DELETE ON feedback
    FOR EACH ROW EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note AFTER INSERT ON subscribers FOR EACH ROW
    WHEN (NEW.words <> '' OR NEW.place_text <> '') EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note_change AFTER UPDATE OF words, place_text, request_id ON subscribers FOR EACH ROW
    WHEN (OLD.words <> NEW.words OR OLD.place_text <> NEW.place_text OR OLD.request_id <> NEW.request_id)
    EXECUTE FUNCTION cityline_on_part()
    """,
    """
    CREATE TRIGGER cityline_note_end AFTER DELETE ON subscribers FOR EACH ROW
    WHEN (OLD.words <> '' OR OLD.place_text <> '') EXECUTE FUNCTION cityline_on_part()
    """,
    # What the bot says is left out: it says "pothole" to everybody whom it asks.
    """
    CREATE TRIGGER cityline_stems AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.author <> 'bot' AND NEW.body <> '') EXECUTE FUNCTION cityline_on_message()
    """,
    """
    CREATE TRIGGER cityline_stems_change AFTER UPDATE OF body ON messages FOR EACH ROW
    WHEN (OLD.body <> NEW.body) EXECUTE FUNCTION cityline_on_message()
    """,
)


def upgrade() -> None:
    op.add_column("updates", sa.Column("undoes_id", sa.BigInteger()))
    for name in ("staff_at", "added_at", "asked_at"):
        op.add_column("service_requests", sa.Column(name, sa.DateTime(timezone=True)))
    for name in ("not_fixed", "reopened"):
        op.add_column(
            "service_requests", sa.Column(name, sa.Boolean(), server_default="false", nullable=False)
        )
    op.add_column("service_requests", sa.Column("stems", TSVECTOR()))
    op.create_table(
        "message_stems",
        sa.Column(
            "message_id",
            sa.BigInteger(),
            sa.ForeignKey("messages.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("stems", TSVECTOR(), nullable=False),
    )
    op.create_index("ix_message_stems_conversation", "message_stems", ["conversation_id"])
    op.create_index("ix_message_stems_stems", "message_stems", ["stems"], postgresql_using="gin")
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("staff_id", sa.BigInteger(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("staff_id", "name", name="uq_saved_views_staff_id_name"),
    )
    for statement in (*_FUNCTIONS, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("service_requests", "messages", "updates", "additions", "feedback", "subscribers"):
        for trigger in ("stems", "stems_change", "note", "note_change", "note_end"):
            op.execute(f"DROP TRIGGER IF EXISTS cityline_{trigger} ON {table}")
    for function in (
        *("on_message()", "on_part()", "on_request()", "note_request(bigint)"),
        *("request_stems(service_requests)", "stems(text)", "folded(text)"),
    ):
        op.execute(f"DROP FUNCTION cityline_{function}")
    for table in ("saved_views", "message_stems"):
        op.drop_table(table)
    for name in ("stems", "reopened", "not_fixed", "asked_at", "added_at", "staff_at"):
        op.drop_column("service_requests", name)
    op.drop_column("updates", "undoes_id")
