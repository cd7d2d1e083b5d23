"""One chunk of the file: each row read, checked, its codice fiscale hashed. Pure, in whatever process."""

from collections.abc import Sequence
from dataclasses import dataclass

from customer_code_validator.customers import staged, staged_code
from customer_code_validator.identities import Identities
from customer_code_validator.registry.rows import Rejected, RowReader
from customer_code_validator.registry.source import Chunk


@dataclass(frozen=True)
class Checked:
    """What a chunk's rows were like. `staged`: those to bring to the store, a line of text each.

    `codes`: the first and the last code of the valid ones, where each is greater than the one before.
    """

    staged: str
    codes: tuple[str, str] | None
    rows: int
    rejected: Sequence[Rejected]
    last_is_rejected: bool
    done: float


class Checker:
    """Checks the rows below one header."""

    def __init__(self, header: Sequence[str], identities: Identities) -> None:
        self._header = header
        self._identities = identities

    def __call__(self, chunk: Chunk) -> Checked:
        """All rows of a chunk, in their order."""
        read = RowReader(self._header).read
        seal, seal_as_before = self._identities.seal, self._identities.seal_as_before
        lines: list[str] = []
        rejected: list[Rejected] = []
        unstaged, last_is_rejected = 0, False
        least, greatest, ascending = "", "", True
        for line, cells in chunk.rows():
            row = read(line, cells)
            if last_is_rejected := isinstance(row, Rejected):
                rejected.append(row)
                if row.code:
                    lines.append(staged_code(line, row.code))
                else:
                    unstaged += 1
            else:
                code, codice_fiscale = row.code, row.codice_fiscale
                ascending = ascending and code > greatest
                least, greatest = least or code, code
                hashes = seal(code, codice_fiscale), seal_as_before(code, codice_fiscale)
                lines.append(staged(line, row, *hashes))
        codes = (least, greatest) if ascending else None
        return Checked("".join(lines), codes, len(lines) + unstaged, rejected, last_is_rejected, chunk.done)
