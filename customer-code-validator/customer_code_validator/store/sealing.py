"""Hashing the codici fiscali of a registry that an earlier version filled, while the service goes on.

In small transactions, each row only as long as it is the one read: who is interrupted goes on next time, and
two who do it at once do no harm.
"""

from collections.abc import Callable

from sqlalchemy import Engine, bindparam, func, select, update

from customer_code_validator.store.engine import reading
from customer_code_validator.store.tables import codes

BATCH = 1_000

is_plain = codes.c.codice_fiscale.not_like("%:%")
"""Whether a codice fiscale stands as an earlier version wrote it."""

_NEXT = (
    select(codes.c.code, codes.c.codice_fiscale)
    .where(is_plain, codes.c.code > bindparam("after"))
    .order_by(codes.c.code)
    .limit(BATCH)
)
_SEAL = (
    update(codes)
    .where(codes.c.code == bindparam("given_code"), codes.c.codice_fiscale == bindparam("plain"))
    .values(codice_fiscale=bindparam("sealed"))
)


def seal_all(engine: Engine, seal: Callable[[str, str], str]) -> int:
    """Hash every codice fiscale that is still as it is written; how many there were."""
    count, after = 0, ""
    while True:
        with reading(engine) as connection:
            rows = connection.execute(_NEXT, {"after": after}).all()
        if not rows:
            return count
        sealed = [
            {
                "given_code": row.code,
                "plain": row.codice_fiscale,
                "sealed": seal(row.code, row.codice_fiscale),
            }
            for row in rows
        ]
        with engine.begin() as connection:
            connection.execute(_SEAL, sealed)
        count, after = count + len(rows), rows[-1].code


def key_ids(engine: Engine) -> list[str]:
    """The ids of the keys in use."""
    with reading(engine) as connection:
        hashed = select(func.substr(codes.c.codice_fiscale, 1, 8)).where(~is_plain).distinct()
        return list(connection.execute(hashed).scalars())


def any_plain(engine: Engine) -> bool:
    """Whether some codice fiscale is not hashed yet."""
    with reading(engine) as connection:
        return connection.execute(select(codes.c.code).where(is_plain).limit(1)).first() is not None
