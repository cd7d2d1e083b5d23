"""What a customer ticks and what the notice says agree, word for word."""

from __future__ import annotations

import re

import pytest

from tests.themes.theme_files import LANGUAGES, LOGIN, NOTICES, PURPOSES, bundle

EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def sections(language: str) -> dict[str, str]:
    """{anchor: text} of a notice's sections."""
    notice = (NOTICES / f"{language}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## .+? \| (\w+)$", notice, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@EACH_LANGUAGE
@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_sentence_of_each_consent_stands_in_its_section_of_the_notice(
    purpose: str, language: str
) -> None:
    sentence = re.sub(r"[\[\]]", "", bundle(LOGIN, language)[f"consent.{purpose}"])
    assert f"{sentence}." in sections(language)[purpose].splitlines()


@EACH_LANGUAGE
@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_consent_has_words_that_link_to_the_notice(purpose: str, language: str) -> None:
    assert re.fullmatch(r"[^\[\]]*\[[^\[\]]+\][^\[\]]*", bundle(LOGIN, language)[f"consent.{purpose}"])


def test_both_languages_have_the_same_sections_in_the_same_order() -> None:
    assert list(sections("it")) == list(sections("en"))


@EACH_LANGUAGE
def test_a_notice_uses_only_the_marks_that_its_page_knows(language: str) -> None:
    notice = (NOTICES / f"{language}.md").read_text(encoding="utf-8")
    assert notice.count("\n# ") == 0 and notice.startswith("# ")
    for block in re.split(r"\n\s*\n", notice.strip()):
        lines = block.splitlines()
        assert len(lines) == 1 or all(line.startswith("- ") for line in lines), block
        assert not re.search(r"[*_`<>]|\]\(", block), block
        if block.startswith("## "):
            assert re.fullmatch(r"## [^|]+ \| [A-Za-z]+", block), block
