"""Plans for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from provisioning.calls import Call
from provisioning.change import Change
from provisioning.plan import Plan
from provisioning.report import trees
from provisioning.report.words import count, field_sign, field_words, sign

_CODES = {"+": "\033[32m", "-": "\033[31m", "~": "\033[33m", "!": "\033[1;31m"}
_DIM = "\033[2m"
_RESET = "\033[0m"
_INDENT = "    "


def as_text(plan: Plan, *, colour: bool = False) -> str:
    """Objects with their fields, before → after, and a count in the last line."""
    if plan.empty:
        return f"Realm {plan.realm} is as declared: nothing to do."
    lines = [painted("+", f"realm {plan.realm} (does not exist yet)", colour)] if plan.creates else []
    for change in plan.changes:
        lines += _change_lines(change, colour)
    if plan.dangers:
        lines += ["", "Dangers, refused by apply unless allowed by name:"]
        lines += [painted("!", str(danger), colour) for danger in plan.dangers]
    return "\n".join([*lines, "", f"Realm {plan.realm}: {count(plan)}."])


def calls_as_text(steps: Iterable[tuple[str, tuple[Call, ...]]]) -> str:
    """The writing calls under what they do."""
    lines = ["Calls:"]
    for words, calls in steps:
        lines += [f"  {words}", *(f"    {call}" for call in calls)]
    return "\n".join(lines)


def _change_lines(change: Change, colour: bool) -> list[str]:
    place = f"  ({change.mark})" if change.mark else ""
    head = painted(sign(change), change.title, colour) + (dim(place) if colour else place)
    tree = [_tree_line(line, colour) for line in trees.lines(change)]
    fields = [
        painted(field_sign(field), field_words(field), colour, indent=_INDENT)
        for field in change.fields
        if not (tree and trees.says(field))
    ]
    return [head, *tree, *fields]


def _tree_line(line: trees.Line, colour: bool) -> str:
    text = f"{_INDENT}{line.sign} {line.branch}{line.text}"
    return f"{_CODES[line.sign]}{text}{_RESET}" if colour and line.sign in _CODES else text


def painted(mark: str, text: str, colour: bool, indent: str = "") -> str:
    """A line with its sign, in the sign's colour where `colour`."""
    line = f"{indent}{mark} {text}"
    return f"{_CODES[mark]}{line}{_RESET}" if colour else line


def dim(text: str) -> str:
    """Less prominent, for terminals."""
    return f"{_DIM}{text}{_RESET}" if text else ""
