"""What a screen reader meets on the pages, from the browser's accessibility tree: names, states, order."""

from __future__ import annotations

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.answers import complete
from tests.browser.pages import CodePage, LoginPage, RegistrationForm, WelcomePage
from tests.browser.visitor import Visitor

LOGIN = """
- banner:
  - text: EnerCasa Coop
  - navigation "Lingua":
    - link "English"
- main:
  - heading "Accedi all’area riservata" [level=1]
  - textbox "Username"
  - textbox "Password"
  - 'button "Mostra: Password"'
  - button "LOGIN"
  - link "Credenziali dimenticate?"
  - link "Registrati"
  - complementary "I portali precedenti":
    - heading "I portali precedenti" [level=2]
    - list:
      - listitem:
        - link "Portale luce"
      - listitem:
        - link "Portale gas"
- contentinfo:
  - paragraph:
    - link "800 000 000"
"""
CODE_REFUSED = """
- paragraph: Passo 1 di 2
- heading "Qual è il tuo codice cliente?" [level=1]
- alert "Controlla un campo":
  - heading "Controlla un campo" [level=2]
  - list:
    - listitem:
      - link "Codice Cliente"
- textbox "Codice Cliente" [invalid]
- button "Continua"
- link "Torna al LOGIN"
"""
FORM = """
- paragraph: Passo 2 di 2
- heading "Crea il tuo account" [level=1]
- group "Dati cliente":
  - textbox "Codice cliente"
- group "Dati anagrafici":
  - textbox "Nome"
  - textbox "Cognome"
  - textbox "Codice fiscale"
  - radiogroup "Sesso (opzionale)":
    - radio "Maschio"
    - radio "Femmina"
- group "Dati di contatto":
  - textbox "Email (opzionale)"
  - textbox "Conferma email"
  - textbox "Cellulare (opzionale)"
- group "Credenziali":
  - textbox "Username"
  - textbox "Password"
  - 'button "Mostra: Password"'
  - list:
    - listitem: almeno 8 caratteri
    - listitem: un numero
  - status
  - textbox "Ripeti password"
  - 'button "Mostra: Ripeti password"'
- group "Privacy":
  - checkbox "Autorizzo al trattamento dei miei dati ai sensi del Regolamento (UE) 2016/679"
  - radiogroup "Autorizzo al trattamento dei miei dati con finalità di marketing (opzionale)":
    - radio "Sì"
    - radio "No"
  - radiogroup "Autorizzo alla comunicazione dei miei dati a terzi (opzionale)":
    - radio "Sì"
    - radio "No"
  - radiogroup "Autorizzo al trattamento dei miei dati con finalità di profilazione (opzionale)":
    - radio "Sì"
    - radio "No"
- button "Crea il tuo account"
"""
FORM_WITH_ERRORS = """
- alert "Controlla 6 campi":
  - heading "Controlla 6 campi" [level=2]
  - list:
    - listitem:
      - link "Nome"
    - listitem:
      - link "Cognome"
    - listitem:
      - link "Codice fiscale"
    - listitem:
      - link "Username"
    - listitem:
      - link "Password"
    - listitem:
      - link "Autorizzazione al trattamento dei dati"
- group "Dati anagrafici":
  - textbox "Nome" [invalid]
  - textbox "Cognome" [invalid]
  - textbox "Codice fiscale" [invalid]
- group "Privacy":
  - checkbox [invalid]
"""
WELCOME = """
- heading "REGISTRATI" [level=1]
- paragraph:
  - strong: Benvenuto!
  - text: Ti abbiamo inviato al tuo indirizzo email una mail che dovrai confermare
- link "Continua"
- link "Non è arrivata? Inviala di nuovo"
"""


def test_names_and_states_from_the_login_to_the_welcome(visitor: Visitor, customer: Customer) -> None:
    page = visitor.page
    visitor.comes_to_log_in()
    expect(page.locator("body")).to_match_aria_snapshot(LOGIN)
    LoginPage(page).register().give("9999999999")
    CodePage(page)
    expect(page.locator("main")).to_match_aria_snapshot(CODE_REFUSED)
    CodePage(page).give_own(customer.code)
    expect(page.locator("main")).to_match_aria_snapshot(FORM)
    RegistrationForm(page).submit()
    expect(page.locator("main")).to_match_aria_snapshot(FORM_WITH_ERRORS)
    RegistrationForm(page).send(complete(customer))
    WelcomePage(page)
    expect(page.locator("main")).to_match_aria_snapshot(WELCOME)


def test_hint_and_error_are_read_with_their_field(visitor: Visitor, customer: Customer) -> None:
    form = visitor.opens_the_form(customer)
    hint = "16 caratteri, come sulla tessera sanitaria. Per le aziende, 11 cifre."
    expect(form.field("codiceFiscale")).to_have_accessible_description(hint)
    form.submit()
    again = RegistrationForm(form.page)
    expect(again.field("codiceFiscale")).to_have_accessible_description(f"{hint} Scrivi il codice fiscale.")
    expect(again.field("username")).to_have_accessible_description(
        "Ti servirà per il LOGIN: scegline uno che ricordi. Scegli uno username."
    )


def test_the_password_rules_tick_as_one_types_and_say_so_in_words(
    visitor: Visitor, customer: Customer
) -> None:
    form = visitor.opens_the_form(customer)
    met, progress = form.page.locator("#password-rules .met"), form.page.locator("#password-progress")
    expect(met).to_have_count(0)
    form.field("password").press_sequentially("bolletta")
    expect(met).to_have_text(["almeno 8 caratteri", "una lettera minuscola", "diversa dallo username"])
    expect(progress).to_have_text("Regole della password rispettate: 3 su 6")
    form.field("password").press_sequentially("-77X")
    expect(progress).to_have_text("Regole della password rispettate: 6 su 6")


def test_each_field_tells_browsers_and_phones_what_belongs_into_it(
    visitor: Visitor, customer: Customer
) -> None:
    form = visitor.opens_the_form(customer)
    purposes = {
        "firstName": ("given-name", "text"),
        "lastName": ("family-name", "text"),
        "codiceFiscale": ("off", "text"),
        "email": ("email", "email"),
        "emailConfirm": ("email", "email"),
        "mobile": ("tel", "tel"),
        "username": ("username", "text"),
        "password": ("new-password", "password"),
        "password-confirm": ("new-password", "password"),
    }
    for name, (autocomplete, kind) in purposes.items():
        expect(form.field(name)).to_have_attribute("autocomplete", autocomplete)
        expect(form.field(name)).to_have_attribute("type", kind)
    login = visitor.comes_to_log_in()
    expect(login.field("username")).to_have_attribute("autocomplete", "username")
    expect(login.field("password")).to_have_attribute("autocomplete", "current-password")


def test_the_codice_fiscale_is_shown_in_capitals_without_spaces(visitor: Visitor, customer: Customer) -> None:
    form = visitor.opens_the_form(customer)
    own = customer.codice_fiscale
    form.field("codiceFiscale").fill(f" {own[:6].lower()} {own[6:].lower()} ")
    form.field("email").focus()
    expect(form.field("codiceFiscale")).to_have_value(own)
    form.field("firstName").fill("Maria  ")
    form.field("email").focus()
    expect(form.field("firstName")).to_have_value("Maria")
