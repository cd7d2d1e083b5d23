"""One page of Keycloak as a program reads it: which page, its forms, its links, its messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

_ERROR_PREFIX = "input-error-"
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Form:
    """One form: where it goes, its hidden fields, and what its other fields hold, by name."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer of Keycloak.

    name      the page's name, for example "register" or "login-verify-email"; "" where it is none of ours,
              as after the return to the service
    errors    the words at each field, by the field's name
    messages  the words on top of the page, and the error page's
    """

    status: int
    url: str
    text: str
    name: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]
    errors: dict[str, str]
    messages: tuple[str, ...]

    @classmethod
    def of(cls, status: int, url: str, text: str) -> Self:
        """Read an answer's HTML."""
        reader = _Reader(url)
        reader.feed(text)
        reader.close()
        return cls(
            status=status,
            url=url,
            text=text,
            name=reader.name,
            forms=tuple(reader.forms),
            links=tuple(reader.links),
            errors={name: _plain(words) for name, words in reader.errors.items()},
            messages=tuple(_plain(words) for words in reader.messages),
        )

    @property
    def form(self) -> Form:
        """Its first form. Raises LookupError where it has none."""
        if not self.forms:
            raise LookupError(f"no form on {self.described()}")
        return self.forms[0]

    @property
    def returned(self) -> bool:
        """Whether the browser was sent back to the service, logged in."""
        return self.status in {302, 303} and bool(re.search(r"[?&]code=", self.url))

    def link(self, part: str) -> str:
        """The first link that contains `part`. Raises LookupError without one."""
        for target in self.links:
            if part in target:
                return target
        raise LookupError(f"no link with “{part}” on {self.described()}")

    def says(self, words: str) -> bool:
        """Whether a message on top, or one at a field, is these words."""
        return any(words in message for message in (*self.messages, *self.errors.values()))

    def described(self) -> str:
        """For the message of a failed test: the page and what it says."""
        said = "; ".join((*self.messages, *(f"{name}: {words}" for name, words in self.errors.items())))
        begins = "" if self.name else f": {self.text[:200]}"
        return f"page “{self.name}” ({self.status}), which says “{said}”{begins}"


class _Reader(HTMLParser):
    """Collects while the HTML goes by; of nested messages the outermost is kept."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = ""
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.errors: dict[str, str] = {}
        self.messages: list[str] = []
        self._url = url
        self._open: tuple[str, list[str]] | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.name = given.get("data-page-id", "").removeprefix("login-")
        elif tag == "form":
            self.forms.append(Form(urljoin(self._url, given.get("action", ""))))
        elif tag == "input":
            self._input(given)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        self._descend(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if self._open is None or tag in _VOID:
            return
        self._depth -= 1
        if self._depth == 0:
            field_name, words = self._open
            self._open = None
            if field_name:
                self.errors[field_name] = "".join(words)
            else:
                self.messages.append("".join(words))

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[1].append(data)

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or not self.forms:
            return
        if kind == "hidden":
            self.forms[-1].hidden[name] = given.get("value", "")
        elif kind not in {"checkbox", "radio"} or "checked" in given:
            self.forms[-1].values[name] = given.get("value", "")

    def _descend(self, tag: str, given: dict[str, str]) -> None:
        if tag in _VOID:
            return
        if self._open is not None:
            self._depth += 1
            return
        identity, styles = given.get("id", ""), given.get("class", "").split()
        if identity.startswith(_ERROR_PREFIX):
            self._open, self._depth = (identity.removeprefix(_ERROR_PREFIX), []), 1
        elif (
            "alert" in styles
            or "pf-v5-c-alert" in styles
            or identity in {"kc-error-message", "kc-info-message"}
        ):
            self._open, self._depth = ("", []), 1


def _plain(words: str) -> str:
    return " ".join(words.split())
