"""The words: both languages complete, safe for MessageFormat, the guide's sentences exact."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.themes.theme_files import EMAIL, LANGUAGES, LOGIN, NOTICES, REALM, bundle, realm_texts

KINDS = pytest.mark.parametrize("kind", [LOGIN, EMAIL], ids=["login", "email"])
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

#: Sentences of the customers' guide, and the keys that make them up.
GUIDE = [
    ("Registrati", ["doRegister"]),
    ("Credenziali dimenticate?", ["doForgotPassword"]),
    ("LOGIN", ["doLogIn"]),
    ("Codice Cliente", ["codeLabel"]),
    ("Lo trovi in bolletta", ["codeHint"]),
    ("Dati cliente", ["sectionCustomer"]),
    ("Codice cliente", ["field.customerCode"]),
    ("Dati anagrafici", ["sectionPerson"]),
    ("Nome", ["field.firstName"]),
    ("Cognome", ["field.lastName"]),
    ("Codice fiscale", ["field.codiceFiscale"]),
    ("Sesso (opzionale)", ["field.gender", "optional"]),
    ("Maschio", ["gender.male"]),
    ("Femmina", ["gender.female"]),
    ("Dati di contatto", ["sectionContact"]),
    ("Email (opzionale)", ["field.email", "optional"]),
    ("Conferma email", ["field.emailConfirm"]),
    ("Cellulare (opzionale)", ["field.mobile", "optional"]),
    ("Credenziali", ["sectionCredentials"]),
    ("Username", ["field.username"]),
    ("Password", ["field.password"]),
    (
        "Usa almeno 8 caratteri. Includi almeno un numero, una lettera minuscola, una lettera maiuscola e un "
        "carattere speciale.",
        ["passwordHintLength", "passwordHintComposition"],
    ),
    ("Ripeti password", ["field.password-confirm"]),
    ("Privacy", ["sectionPrivacy"]),
    (
        "Autorizzo al trattamento dei miei dati ai sensi del Regolamento (UE) 2016/679",
        ["consent.processing"],
    ),
    ("Crea il tuo account", ["doCreateAccount"]),
    ("REGISTRATI", ["welcomeTitle"]),
    (
        "Benvenuto! Ti abbiamo inviato al tuo indirizzo email una mail che dovrai confermare",
        ["welcomeHello", "welcomeMailSent"],
    ),
    ("Continua", ["doContinue"]),
    (
        "Codice non valido o già registrato. Controlla la bolletta; se hai già un account, recupera le "
        "credenziali.",
        ["reason.code_refused"],
    ),
]
#: What the customer-code service may answer: every reason has words.
REASONS = [
    "code_refused",
    "too_many_tries",
    "codice_fiscale_invalid",
    "identity_mismatch",
    "invalid",
    "reservation_lost",
    "claim_refused",
    "unavailable",
    "request_invalid",
    "unauthorized",
    "not_found",
]


@KINDS
def test_both_languages_have_the_same_messages(kind: Path) -> None:
    assert set(bundle(kind, "it")) == set(bundle(kind, "en"))


@KINDS
def test_both_languages_take_the_same_parameters(kind: Path) -> None:
    english = bundle(kind, "en")
    for key, text in bundle(kind, "it").items():
        assert parameters(text) == parameters(english[key]), key


@KINDS
@EACH_LANGUAGE
def test_no_apostrophe_is_one_that_message_format_swallows(kind: Path, language: str) -> None:
    assert [key for key, text in bundle(kind, language).items() if "'" in text] == []


@KINDS
@EACH_LANGUAGE
def test_every_brace_belongs_to_a_parameter(kind: Path, language: str) -> None:
    for key, text in bundle(kind, language).items():
        plain = re.sub(r"\{\d\}", "", text)
        plain = re.sub(r"\{\d,choice,[^{}]*\}", "", plain)
        assert "{" not in plain and "}" not in plain, key


@pytest.mark.parametrize(("sentence", "keys"), GUIDE, ids=[sentence[:30] for sentence, _ in GUIDE])
def test_the_guide_is_word_for_word(sentence: str, keys: list[str]) -> None:
    italian = bundle(LOGIN, "it")
    said = " ".join(italian[key] for key in keys).replace("{0}", "8")
    assert said.replace("[", "").replace("]", "") == sentence


@EACH_LANGUAGE
@pytest.mark.parametrize("reason", REASONS)
def test_every_answer_of_the_code_service_has_words(reason: str, language: str) -> None:
    assert bundle(LOGIN, language)[f"reason.{reason}"]


@EACH_LANGUAGE
def test_the_words_that_become_the_recovery_link_stand_in_the_refusal(language: str) -> None:
    messages = bundle(LOGIN, language)
    assert messages["reason.code_refused"].count(messages["recoverWords"]) == 1


@EACH_LANGUAGE
@pytest.mark.parametrize("key", ["welcomeLifetime", "expiredActionTokenNoSessionMessage"])
def test_24_hours_are_said_where_the_link_is_spoken_of(key: str, language: str) -> None:
    assert "24 " in bundle(LOGIN, language)[key]


def test_an_expired_link_says_what_to_do_wherever_it_is_opened() -> None:
    italian = bundle(LOGIN, "it")
    same_browser = italian["expiredActionTokenSessionExistsMessage"]
    assert same_browser == italian["expiredActionTokenNoSessionMessage"]
    assert "accedi con lo username e la password che hai scelto" in same_browser


def test_the_realms_texts_are_the_same_in_both_languages() -> None:
    assert set(realm_texts("it")) == set(realm_texts("en"))


@EACH_LANGUAGE
def test_the_realms_texts_hold_nothing_that_message_format_reads(language: str) -> None:
    for key, text in realm_texts(language).items():
        assert not set(text) & set("'{}"), key


@EACH_LANGUAGE
def test_the_notice_of_the_realm_is_the_file_of_its_language(language: str) -> None:
    notice = (NOTICES / f"{language}.md").read_text(encoding="utf-8")
    assert realm_texts(language)["privacyNoticeText"] == notice


@EACH_LANGUAGE
def test_every_label_of_the_user_profile_has_words(language: str) -> None:
    profile = (REALM / "user-profile.yaml").read_text(encoding="utf-8")
    built_in = {"username", "firstName", "lastName", "email"}
    labels = set(re.findall(r"\$\{([^}]+)\}", profile)) - built_in
    assert labels and labels <= set(realm_texts(language))


@EACH_LANGUAGE
def test_every_error_and_option_of_the_user_profile_has_words(language: str) -> None:
    profile = yaml.safe_load((REALM / "user-profile.yaml").read_text(encoding="utf-8"))["userProfile"]
    known = bundle(LOGIN, language) | realm_texts(language)
    for attribute in profile["attributes"]:
        validations = attribute.get("validations", {})
        for validation in validations.values():
            assert validation.get("error-message", "errorTitle") in known
        prefix = attribute.get("annotations", {}).get("inputOptionLabelsI18nPrefix")
        for option in validations.get("options", {}).get("options", []):
            assert f"{prefix}.{option}" in known


@EACH_LANGUAGE
def test_every_required_action_of_the_realm_has_a_name(language: str) -> None:
    text = (REALM / "authentication.yaml").read_text(encoding="utf-8").partition("requiredActions:")[2]
    declared = re.split(r"^\w", text, maxsplit=1, flags=re.MULTILINE)[0]
    aliases = re.findall(r"- alias: (\S+)", declared)
    assert aliases and {f"requiredAction.{alias}" for alias in aliases} <= set(bundle(LOGIN, language))


def parameters(text: str) -> set[str]:
    """The parameters of a message, "0" for {0} and for {0,choice,…}."""
    return set(re.findall(r"\{(\d)", text))
