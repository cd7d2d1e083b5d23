"""An export's rows on their way to the store, and what they were like."""

from collections.abc import Iterator
from dataclasses import replace

from customer_code_validator.registry import processes
from customer_code_validator.registry.checking import Checked, Checker
from customer_code_validator.registry.progress import Progress
from customer_code_validator.registry.rejects import Rejects
from customer_code_validator.registry.report import Read
from customer_code_validator.registry.source import Source


class Reading:
    """Rows on their way from the file into the temporary table; `read` tells what they were like.

    `ascending`: each valid row's code is greater than the one before, and so none is there twice.
    """

    def __init__(self, source: Source, checker: Checker, rejects: Rejects, progress: Progress) -> None:
        self.source = source
        self.read = Read()
        self.ascending = True
        self._greatest = ""
        self._checker = checker
        self._rejects = rejects
        self._progress = progress

    def staged(self, by: int) -> Iterator[str]:
        """The rows to stage, checked by so many processes."""
        for checked in self._checked(by):
            yield checked.staged

    def in_order(self, by: int) -> Iterator[tuple[str, str | None]]:
        """The same, each text with the greatest code so far, or None where they do not ascend any more."""
        for checked in self._checked(by):
            yield checked.staged, self._greatest if self.ascending else None

    def _checked(self, by: int) -> Iterator[Checked]:
        rejected_last = False
        for checked in processes.checked(self.source.chunks(), self._checker, by):
            if checked.rows:
                rejected_last = checked.last_is_rejected
            self._compare_codes(checked.codes)
            self._count(checked)
            self._progress.rows(self.read.customers + self.read.rejected, checked.done)
            yield checked
        self.read = replace(self.read, cut_short=self.source.ends_open and rejected_last)

    def _compare_codes(self, codes: tuple[str, str] | None) -> None:
        if codes is None:
            self.ascending = False
        elif codes[1]:
            self.ascending = self.ascending and codes[0] > self._greatest
            self._greatest = codes[1]

    def _count(self, checked: Checked) -> None:
        for row in checked.rejected:
            self._rejects.add(row.errors)
        self.read = replace(
            self.read,
            customers=self.read.customers + checked.rows - len(checked.rejected),
            rejected=self.read.rejected + len(checked.rejected),
            unreadable=self.read.unreadable + sum(not row.code for row in checked.rejected),
        )
