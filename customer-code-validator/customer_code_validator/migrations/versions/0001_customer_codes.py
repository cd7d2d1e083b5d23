"""Customer codes, their audit, the throttles and the runner's lease."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "customer_codes",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("codice_fiscale", sa.String(64), nullable=False),
        sa.Column("first_name", sa.String(200), nullable=False),
        sa.Column("last_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("imported_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(32)),
        sa.Column("reservation", sa.String(64)),
        sa.Column("lease_until", _INSTANT),
        sa.Column("user_id", sa.String(255)),
        sa.Column("claimed_at", _INSTANT),
        sa.Column("changed_at", _INSTANT),
    )
    op.create_index("customer_codes_reservation", "customer_codes", ["reservation"], unique=True)
    op.create_index("customer_codes_user", "customer_codes", ["user_id"], unique=True)
    op.create_index("customer_codes_state_lease", "customer_codes", ["state", "lease_until"])
    op.create_index("customer_codes_state_claimed", "customer_codes", ["state", "claimed_at"])
    op.create_index("customer_codes_state_code", "customer_codes", ["state", "code"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("from_state", sa.String(16), nullable=False),
        sa.Column("to_state", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(255)),
        sa.Column("reservation", sa.String(64)),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("address_hash", sa.String(32)),
    )
    op.create_index("audit_code", "audit", ["code", "id"])
    op.create_index("audit_reservation", "audit", ["reservation"])
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "throttles",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("key_hash", sa.String(32), primary_key=True),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
    )
    op.create_index("throttles_expires", "throttles", ["expires_at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("holder", sa.String(64)),
        sa.Column("until", _INSTANT),
        sa.Column("cursor", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Drop everything."""
    for table in ("leases", "throttles", "audit", "customer_codes"):
        op.drop_table(table)
