"""The mails: each in html and text with the same words, nothing fetched from afar, the link in full."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.themes.theme_files import EMAIL, LANGUAGES, bundle, without_comments

MAILS = sorted(path.name for path in (EMAIL / "html").glob("*.ftl") if path.name != "template.ftl")
#: Their link only leads to the LOGIN.
WITHOUT_EXPIRY = {"email-changed.ftl", "owner-notice.ftl", "password-changed.ftl", "usernames.ftl"}
EACH_MAIL = pytest.mark.parametrize("mail", MAILS)


def test_every_mail_has_both_forms() -> None:
    plain = {path.name for path in (EMAIL / "text").glob("*.ftl")} - {"parts.ftl"}
    assert plain == set(MAILS)
    assert {"email-verification.ftl", "password-reset.ftl"} <= plain


@EACH_MAIL
def test_both_forms_of_a_mail_say_the_same(mail: str) -> None:
    assert words(EMAIL / "html" / mail) == words(EMAIL / "text" / mail)


@EACH_MAIL
def test_the_text_form_is_plain_text_and_has_the_link(mail: str) -> None:
    text = (EMAIL / "text" / mail).read_text(encoding="utf-8")
    assert text.startswith('<#ftl output_format="plainText">')
    assert "${link}" in text


@EACH_MAIL
def test_the_html_form_has_one_button_with_the_link(mail: str) -> None:
    assert (EMAIL / "html" / mail).read_text(encoding="utf-8").count("<@layout.action link ") == 1


def test_the_button_shows_the_link_in_full_below() -> None:
    frame = (EMAIL / "html" / "template.ftl").read_text(encoding="utf-8")
    assert ">${address}</a>" in frame


def test_no_mail_fetches_anything_from_afar() -> None:
    for path in EMAIL.rglob("*.ftl"):
        text = without_comments(path.read_text(encoding="utf-8"))
        assert not re.search(r"<img|<link|@import|url\(|<script", text), path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_confirmation_mail_speaks_of_its_lifetime_and_of_spam(language: str) -> None:
    messages = bundle(EMAIL, language)
    assert "{0}" in messages["verificationLifetimeLead"]
    assert "SPAM" in messages["verificationSpam"]
    assert words(EMAIL / "html" / "email-verification.ftl") >= {
        "verificationLifetimeLead",
        "verificationSpam",
    }


@pytest.mark.parametrize("mail", sorted(set(MAILS) - WITHOUT_EXPIRY))
def test_the_lifetime_is_the_links_own(mail: str) -> None:
    for form in ("html", "text"):
        text = (EMAIL / form / mail).read_text(encoding="utf-8")
        assert "texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration))" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_of_ours_has_a_subject(language: str) -> None:
    ours = {"emailVerification", "ownerNotice", "passwordReset", "passwordChanged", "usernames"}
    assert {f"{mail}Subject" for mail in ours} <= set(bundle(EMAIL, language))


def words(template: Path) -> set[str]:
    """The message keys of a mail."""
    return set(re.findall(r'msg\("([^"]+)"', without_comments(template.read_text(encoding="utf-8"))))
