"""A function by which one statement takes its turn at some throttles and asks them; for PostgreSQL alone."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UNTRIED = """
CREATE FUNCTION customer_codes_untried(VARIADIC tries text[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(tries) BY 2 LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(tries[place] || ' ' || tries[place + 1], 0));
    END LOOP;
    FOR place IN 1 .. cardinality(tries) BY 2 LOOP
        IF EXISTS (SELECT FROM throttles WHERE kind = tries[place] AND key_hash = tries[place + 1]) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$
"""


def upgrade() -> None:
    """Make it. `store.untried` tells what it is for."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_UNTRIED)


def downgrade() -> None:
    """Drop it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION customer_codes_untried")
