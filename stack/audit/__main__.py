"""`python -m stack.audit`: ends with 0 where all was asked about and nothing is known, else see `verdict`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from stack.audit import libraries, packages
from stack.audit.verdict import UNANSWERED, Verdict, worst
from stack.errors import StackError


def main() -> int:
    """Both kinds, each told as soon as it is known."""
    return worst([_told(packages.audit), _told(lambda: libraries.audit(libraries.used()))])


def _told(audit: Callable[[], Verdict]) -> int:
    try:
        verdict = audit()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return UNANSWERED
    print("\n".join(verdict.lines()), flush=True)
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
