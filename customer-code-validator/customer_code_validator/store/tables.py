"""The tables, as the newest migration leaves them (a test compares the two)."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Column, DateTime, Dialect, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator


class State(StrEnum):
    """Where a customer code is in its life."""

    FREE = "free"
    RESERVED = "reserved"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


class Instant(TypeDecorator[datetime]):
    """An aware UTC time. SQLite has no zones: there it is kept without and given its zone back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in Python, UTC in the database; a naive time is a programming error (ValueError)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

codes = Table(
    "customer_codes",
    metadata,
    Column("code", String(32), primary_key=True),
    # the registry: written by import only
    Column("codice_fiscale", String(64), nullable=False),
    Column("first_name", String(200), nullable=False),
    Column("last_name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("status", String(16), nullable=False),
    Column("imported_at", Instant, nullable=False),
    # the life of the code: written by transitions only
    Column("state", String(16), nullable=False),
    Column("owner", String(32)),
    Column("reservation", String(64)),
    Column("lease_until", Instant),
    Column("user_id", String(255)),
    Column("claimed_at", Instant),
    Column("changed_at", Instant),
    Index("customer_codes_reservation", "reservation", unique=True),
    # One account has one code: the database itself refuses a second one.
    Index("customer_codes_user", "user_id", unique=True),
    Index("customer_codes_state_lease", "state", "lease_until"),
    Index("customer_codes_state_claimed", "state", "claimed_at"),
    Index("customer_codes_state_code", "state", "code"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("code", String(32), nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("user_id", String(255)),
    Column("reservation", String(64)),
    Column("reason", String(32), nullable=False),
    Column("address_hash", String(32)),
    Index("audit_code", "code", "id"),
    Index("audit_reservation", "reservation"),
    Index("audit_at", "at"),
)

throttles = Table(
    "throttles",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("key_hash", String(32), primary_key=True),
    Column("times", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("throttles_expires", "expires_at"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    Index("refusals_at", "at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(64)),
    Column("until", Instant),
    Column("cursor", String(32), nullable=False),
)
