"""`$(…)` in files written for keycloak-config-cli: the lookups of Apache Commons Text, as far as they mean
something outside Java. One may stand within another one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote_plus, unquote_plus

from provisioning.problems import Severity

Tell = Callable[[str, str, Severity], None]
"""Takes which lookup it is, what is wrong with it, and how wrong that is."""


def _file(argument: str) -> str:
    charset, _, path = argument.partition(":")
    if not path:
        raise ValueError("give $(file:CHARSET:PATH)")
    return Path(path).read_text(encoding=charset)


_MADE: Mapping[str, Callable[[str], str]] = {
    "file": _file,
    "base64Decoder": lambda argument: base64.b64decode(argument, validate=True).decode(),
    "base64Encoder": lambda argument: base64.b64encode(argument.encode()).decode(),
    "urlDecoder": unquote_plus,
    "urlEncoder": quote_plus,
}
_OF_JAVA = (
    *("const", "date", "dns", "java", "javascript", "localhost", "properties", "resourceBundle", "script"),
    *("sys", "url", "xml", "xmlDecoder", "xmlEncoder"),
)
_NAMES = "|".join(("env", *_MADE, *_OF_JAVA))
_WITHIN = r"(?:(?!\$\()[^)])*"
_INNERMOST = re.compile(rf"\$\((?P<lookup>{_NAMES}):(?P<argument>{_WITHIN}?)(?::-(?P<default>{_WITHIN}))?\)")
_SCRIPT = "$${javascript:"
_DEEPEST = 10
"""Lookups within lookups: a variable may hold its own name."""


def has_lookups(text: str) -> bool:
    """Whether there is anything to substitute. What only looks like a lookup is none."""
    return _SCRIPT in text or _INNERMOST.search(text) is not None


def substituted(text: str, environ: Mapping[str, str], tell: Tell) -> str | None:
    """The text with the value of each lookup in its place; None where one has none, which `tell` is told."""
    failed = _SCRIPT in text
    if failed:
        tell(f"{_SCRIPT}…}}", "is a script of keycloak-config-cli: write its value", Severity.ERROR)

    def value_of(found: re.Match[str]) -> str:
        nonlocal failed
        value = _value(found, environ, tell)
        failed = failed or value is None
        return value or ""

    for _ in range(_DEEPEST):
        text = _INNERMOST.sub(value_of, text)
    return None if failed else text


def _value(found: re.Match[str], environ: Mapping[str, str], tell: Tell) -> str | None:
    lookup, argument = found["lookup"], found["argument"]
    if lookup == "env":
        value = environ.get(argument, found["default"])
        if value is None:
            words = f"set the variable {argument}, or give a default: $(env:{argument}:-…)"
            tell(found[0], words, Severity.MISSING_VARIABLE)
        return value
    # What stands in it may be a secret by now.
    named = f"$({lookup}:…)"
    if lookup in _OF_JAVA:
        words = "is a lookup that Java makes and this tool does not: write its value, or $(env:NAME)"
        tell(named, words, Severity.ERROR)
        return None
    try:
        return _MADE[lookup](argument)
    except (OSError, ValueError, LookupError) as error:
        tell(named, f"cannot be made: {error}", Severity.ERROR)
        return None
