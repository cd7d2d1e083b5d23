"""Point 3 of the customers' guide: the form, its sections, fields, words and rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import Answers, complete
from tests.browser.pages import RegistrationForm, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import NewCustomer, NewVisitor, Visitor

#: Section → the words of its fields and questions, in the guide's order.
GUIDE = {
    "Dati cliente": ["Codice cliente"],
    "Dati anagrafici": ["Nome", "Cognome", "Codice fiscale", "Sesso (opzionale)", "Maschio", "Femmina"],
    "Dati di contatto": ["Email (opzionale)", "Conferma email", "Cellulare (opzionale)"],
    "Credenziali": ["Username", "Password", "Ripeti password"],
    "Privacy": [
        "Autorizzo al trattamento dei miei dati ai sensi del Regolamento (UE) 2016/679",
        "Autorizzo al trattamento dei miei dati con finalità di marketing (opzionale)",
        "Sì",
        "No",
        "Autorizzo alla comunicazione dei miei dati a terzi (opzionale)",
        "Sì",
        "No",
        "Autorizzo al trattamento dei miei dati con finalità di profilazione (opzionale)",
        "Sì",
        "No",
    ],
}
PASSWORD_RULES = (
    "Usa almeno 8 caratteri. Includi almeno un numero, una lettera minuscola, una lettera maiuscola e un "
    "carattere speciale."
)
_SECTIONS = """sections => sections.map(section => [
    section.querySelector(":scope > legend").innerText.trim(),
    [...section.querySelectorAll("label, fieldset > legend")]
        .filter(words => words.parentElement !== section)
        .map(words => words.innerText.replace(/\\s+/g, " ").trim()),
])"""


@pytest.fixture
def form(visitor: Visitor, customer: Customer) -> RegistrationForm:
    """The empty form of the customer `customer`."""
    return visitor.opens_the_form(customer)


@pytest.fixture
def answers(customer: Customer) -> Answers:
    """Complete answers of the customer `customer`."""
    return complete(customer)


def test_the_form_has_the_sections_and_fields_of_the_guide(form: RegistrationForm) -> None:
    shown = form.page.locator("fieldset.section").evaluate_all(_SECTIONS)
    assert [(title, fields) for title, fields in shown] == list(GUIDE.items())


def test_the_codice_cliente_is_shown_and_cannot_be_changed(
    form: RegistrationForm, customer: Customer
) -> None:
    expect(form.field("customerCode")).to_have_value(customer.code)
    expect(form.field("customerCode")).not_to_be_editable()


def test_the_password_rules_stand_at_the_password(form: RegistrationForm) -> None:
    expect(form.field("password")).to_have_accessible_description(PASSWORD_RULES)


def test_the_button_says_crea_il_tuo_account(form: RegistrationForm, answers: Answers) -> None:
    form.fill(answers)
    form.page.get_by_role("button", name="Crea il tuo account", exact=True).click()
    WelcomePage(form.page)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Luce-7x", "La password è troppo corta: usa almeno 8 caratteri."),
        ("Bolletta-xx", "Alla password manca un numero."),
        ("BOLLETTA-77", "Alla password manca una lettera minuscola."),
        ("bolletta-77", "Alla password manca una lettera maiuscola."),
        ("Bolletta77x", "Alla password manca un carattere speciale."),
        (
            "P@ssw0rd1",
            "Questa password è troppo comune, chiunque può indovinarla: scegline un’altra.",
        ),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_with_the_rule(
    form: RegistrationForm, answers: Answers, password: str, words: str
) -> None:
    form.send(replace(answers, password=password))
    expect(RegistrationForm(form.page).error_at("password")).to_have_text(words)


def test_a_password_equal_to_the_username_is_refused(
    form: RegistrationForm, answers: Answers, admin: Admin
) -> None:
    name = f"Anna-{answers.username}"
    # Keycloak keeps usernames in lower case, and compares without regard to it.
    form.send(replace(answers, username=name, password=name))
    again = RegistrationForm(form.page)
    expect(again.error_at("password")).to_have_text("La password non può essere uguale allo username.")
    assert admin.user(name) is None


def test_the_password_rules_are_ticked_as_one_types(form: RegistrationForm) -> None:
    met = form.page.locator(".rules .met")
    expect(met).to_have_count(0)
    form.field("password").press_sequentially("bolletta1")
    expect(met).to_have_text(
        ["almeno 8 caratteri", "un numero", "una lettera minuscola", "diversa dallo username"]
    )


def test_two_passwords_that_differ_are_told_at_the_second(form: RegistrationForm, answers: Answers) -> None:
    form.send(replace(answers, password_again="Bolletta-78x"))
    again = RegistrationForm(form.page)
    expect(again.error_at("password-confirm")).to_have_text("Le due password non coincidono.")


def test_the_mandatory_authorization_is_needed(
    form: RegistrationForm, answers: Answers, admin: Admin
) -> None:
    form.send(replace(answers, authorized=False))
    again = RegistrationForm(form.page)
    expect(again.error_at("privacy.processing")).to_have_text(
        "Per creare l’account serve la tua autorizzazione al trattamento dei dati."
    )
    assert admin.user(answers.username) is None


def test_nothing_is_ticked_beforehand(form: RegistrationForm) -> None:
    assert form.page.locator("input[type=radio], input[type=checkbox]").count() == 9
    assert form.page.locator("input:checked").count() == 0


def test_an_empty_form_says_at_each_needed_field_what_is_missing(form: RegistrationForm) -> None:
    form.submit()
    again = RegistrationForm(form.page)
    expect(again.summary.get_by_role("heading")).to_have_text("Controlla 6 campi")
    needed = ["firstName", "lastName", "codiceFiscale", "username", "password", "privacy.processing"]
    for field in needed:
        expect(again.error_at(field)).to_be_visible()
        expect(again.field(field)).to_have_attribute("aria-invalid", "true")
    assert again.page.locator("[id^=input-error-]").count() == len(needed)
    expect(again.summary).to_be_focused()


def test_typed_values_stay_after_an_error_but_not_the_passwords(
    form: RegistrationForm, answers: Answers
) -> None:
    typed = replace(
        answers,
        gender="female",
        mobile="333 1234567",
        marketing="yes",
        third_parties="no",
        password_again="Bolletta-78x",
    )
    form.send(typed)
    again = RegistrationForm(form.page)
    for field, text in typed.texts().items():
        expect(again.field(field)).to_have_value("" if field.startswith("password") else text)
    for name, value in typed.choices().items():
        expect(again.option(name, value)).to_be_checked()
    assert again.page.locator("input:checked").count() == len(typed.choices())


def test_an_error_can_be_mended_and_sent_again(form: RegistrationForm, answers: Answers) -> None:
    form.send(replace(answers, authorized=False))
    again = RegistrationForm(form.page)
    again.option("privacy.processing", "yes").check()
    again.field("password").fill(answers.password)
    again.field("password-confirm").fill(answers.password)
    again.submit()
    WelcomePage(form.page)


def test_a_username_that_is_taken_is_told_at_the_field(
    form: RegistrationForm, answers: Answers, new_visitor: NewVisitor, new_customer: NewCustomer
) -> None:
    taken = new_visitor().registers(new_customer())
    form.send(replace(answers, username=taken.username.upper()))
    again = RegistrationForm(form.page)
    expect(again.error_at("username")).to_have_text("Questo username è già in uso: scegline un altro.")


def test_an_email_that_is_none_is_told_at_the_field(form: RegistrationForm, answers: Answers) -> None:
    form.send(replace(answers, email="anna@"))
    expect(RegistrationForm(form.page).error_at("email")).to_contain_text("L’email non è valida")


def test_a_mobile_number_that_is_none_is_told_at_the_field(form: RegistrationForm, answers: Answers) -> None:
    form.send(replace(answers, mobile="tre tre tre"))
    expect(RegistrationForm(form.page).error_at("mobile")).to_contain_text(
        "Il numero di cellulare non è valido"
    )
