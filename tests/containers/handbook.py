"""Commands of docs/, to be run as they are printed there."""

from __future__ import annotations

import re

from stack.settings import REPOSITORY

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def commands(document: str, word: str) -> list[str]:
    """The lines of the one block of that document (below docs/) that has this word, without comments."""
    text = (REPOSITORY / "docs" / document).read_text(encoding="utf-8")
    [block] = [block for block in _BLOCK.findall(text) if word in block]
    lines = [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
