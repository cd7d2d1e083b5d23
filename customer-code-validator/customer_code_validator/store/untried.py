"""Whether nobody has erred yet, asked inside of the statement that depends on it.

What a statement of PostgreSQL sees is settled when it begins, so one that waited for its turn would not see
what was counted meanwhile. A function's own statements see it (“Function Volatility Categories” of its
manual): migration 0003 makes one that takes the turns, in the order given and until the transaction ends,
and looks then. On SQLite a transaction that may write is alone in the whole database already.
"""

from typing import Any

from sqlalchemy import BindParameter, Boolean, exists, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from customer_code_validator.store.tables import throttles


class Untried(FunctionElement[bool]):
    """True where none of the tries has a row; each is two parameters, its kind and the hash of its key."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, *tries: tuple[BindParameter[str], BindParameter[str]]) -> None:
        super().__init__(*(parameter for one in tries for parameter in one))


@compiles(Untried, "postgresql")
def _as_function(element: Untried, compiler: SQLCompiler, **options: Any) -> str:
    return f"customer_codes_untried({compiler.process(element.clauses, **options)})"


@compiles(Untried, "sqlite")
def _as_subquery(element: Untried, compiler: SQLCompiler, **options: Any) -> str:
    kinds, keys = list(element.clauses)[::2], list(element.clauses)[1::2]
    rows = [
        (throttles.c.kind == kind) & (throttles.c.key_hash == key)
        for kind, key in zip(kinds, keys, strict=True)
    ]
    return compiler.process(~exists().where(or_(*rows)), **options)
