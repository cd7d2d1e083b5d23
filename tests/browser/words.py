"""The words on a page: none of them a message key, none of another language."""

from __future__ import annotations

import re
from functools import cache

from playwright.sync_api import Page

from tests.themes import upstream
from tests.themes.theme_files import LANGUAGES, LOGIN, bundle, realm_texts

#: Text, labels and titles of everything that is not marked as being of another language.
_TEXTS = """language => {
    const texts = [document.title];
    const own = element => (element.closest("[lang]")?.lang ?? language) === language;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (own(node.parentElement)) texts.push(node.textContent);
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
        if (own(element))
            for (const name of ["aria-label", "title", "placeholder", "alt"])
                texts.push(element.getAttribute(name) ?? "");
    return texts.map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def texts(page: Page, language: str) -> list[str]:
    """Every text that a reader or a screen reader of the page comes upon, in its order."""
    found: list[str] = page.evaluate(_TEXTS, language)
    return found


def raw_keys(said: list[str]) -> list[str]:
    """Words that are keys of messages, or what is left of a placeholder."""
    words = {word.strip("[](),:;“”") for text in said for word in text.split()}
    return sorted(words & keys()) + [text for text in said if re.search(r"\$\{|\{\d|\?\?\?|!!!", text)]


def strangers(said: list[str], language: str) -> list[str]:
    """Texts that stand word for word in the other language and in no message of this one."""
    [other] = set(LANGUAGES) - {language}
    return [text for text in said if _is_a_message(text, other) and not _is_a_message(text, language)]


def _is_a_message(text: str, language: str) -> bool:
    return text in sentences(language) or any(form.fullmatch(text) for form in _forms(language))


@cache
def _forms(language: str) -> tuple[re.Pattern[str], ...]:
    """The messages with parameters in them, of two words at least."""
    forms = (re.split(r"\{\d[^{}]*\}", text) for text in sentences(language))
    return tuple(
        re.compile(".+?".join(map(re.escape, parts)))
        for parts in forms
        if len(parts) > 1 and len("".join(parts).split()) > 1
    )


@cache
def keys() -> frozenset[str]:
    """Message keys that no sentence holds by chance: with a dot, an underscore or a capital inside."""
    known = {key for language in LANGUAGES for messages in _bundles(language) for key in messages}
    return frozenset(key for key in known if re.search(r".[A-Z._]|-.+-", key))


@cache
def sentences(language: str) -> frozenset[str]:
    """Every message of ours and of Keycloak in one language."""
    said = (text for messages in _bundles(language) for text in messages.values())
    return frozenset(re.sub(r"\s+", " ", text).strip() for text in said)


def _bundles(language: str) -> tuple[dict[str, str], ...]:
    return upstream.messages(language), bundle(LOGIN, language), realm_texts(language)
