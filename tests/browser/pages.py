"""The pages as customers know them. Each method that leads on gives the page that should come next.

Found by ids and names, which no language changes: what the words must be is said in the tests.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.answers import Answers


class CustomerPage:
    """What every page of ours has: one heading, perhaps a message, errors at fields, the other language."""

    #: What only this page has; awaited before anything else.
    sign = "h1"

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator(self.sign).first).to_be_visible()

    @property
    def heading(self) -> Locator:
        """The page’s one heading."""
        return self.page.locator("h1")

    @property
    def body(self) -> Locator:
        """All that is not header and footer."""
        return self.page.locator("main")

    @property
    def message(self) -> Locator:
        """The message on top that belongs to no field."""
        return self.page.locator(".alert")

    @property
    def summary(self) -> Locator:
        """The list, on top of a form, of the fields to correct."""
        return self.page.locator("#error-summary")

    def error_at(self, field: str) -> Locator:
        """The message under a field, which the field itself must point to."""
        return self.page.locator(f'[id="input-error-{field}"]')

    def field(self, name: str) -> Locator:
        """An input by its id."""
        return self.page.locator(f'[id="{name}"]')

    def link(self, words: str | re.Pattern[str]) -> Locator:
        """A link by its words."""
        return self.page.get_by_role("link", name=words)

    def switch_language(self) -> None:
        """Follow the link to the other language."""
        self.page.locator("nav.languages a").click()


class LoginPage(CustomerPage):
    """“Accedi all’area riservata”."""

    sign = "#kc-form-login"

    def log_in(self, username: str, password: str) -> None:
        """Type the credentials and press LOGIN; where that leads depends on them."""
        self.page.fill("#username", username)
        self.give_password(password)

    def give_password(self, password: str) -> None:
        """The same, where the username is known already."""
        self.page.fill("#password", password)
        self.page.click("#kc-login")

    def register(self) -> CodePage:
        """“Registrati”."""
        self.page.click("#kc-registration a")
        return CodePage(self.page)

    def forgotten(self) -> ForgottenPage:
        """“Credenziali dimenticate?”."""
        self.page.click("#kc-form-login .links a")
        return ForgottenPage(self.page)


class CodePage(CustomerPage):
    """“Qual è il tuo codice cliente?”, step 1 of the registration."""

    sign = "#customer-code-form"

    def give(self, code: str) -> None:
        """Type a code and go on."""
        self.page.fill("#customerCode", code)
        self.page.click("#customer-code-form button")

    def give_own(self, code: str) -> RegistrationForm:
        """Type a code that is accepted."""
        self.give(code)
        return RegistrationForm(self.page)


class RegistrationForm(CustomerPage):
    """“Crea il tuo account”, step 2 of the registration."""

    sign = "#kc-register-form"

    def fill(self, answers: Answers) -> None:
        """Type and tick all answers."""
        for field, text in answers.texts().items():
            self.field(field).fill(text)
        for name, value in answers.choices().items():
            self.option(name, value).check()

    def submit(self) -> None:
        """“Crea il tuo account”."""
        self.page.click("#kc-submit")

    def send(self, answers: Answers) -> None:
        """Fill and submit; the welcome page or this form comes."""
        self.fill(answers)
        self.submit()

    def option(self, name: str, value: str) -> Locator:
        """One radio button or box."""
        return self.page.locator(f'input[name="{name}"][value="{value}"]')


class WelcomePage(CustomerPage):
    """“Benvenuto! Ti abbiamo inviato …”: also what a customer sees who logs in before confirming."""

    sign = "p.welcome"

    def go_on(self) -> LoginPage:
        """“Continua”."""
        self.page.click("main a.button")
        return LoginPage(self.page)

    @property
    def sent_before(self) -> Locator:
        """What a login says that has sent no mail: which one is still good."""
        return self.page.locator("#mail-sent")

    def send_again(self) -> None:
        """“Non è arrivata? Inviala di nuovo”."""
        self.page.click("main .links a")


class WelcomeWithoutEmailPage(CustomerPage):
    """“Benvenuto! Il tuo account è pronto …”."""

    sign = "#registration-welcome-form"

    def go_on(self) -> None:
        """“Continua”: into the service."""
        self.page.click("#registration-welcome-form button")


class MessagePage(CustomerPage):
    """A page with a message and a button on: confirmed, expired, a last step to confirm."""

    sign = "#kc-info-message, #kc-error-message"

    @property
    def words(self) -> Locator:
        """The message."""
        return self.page.locator(self.sign)

    def go_on(self) -> None:
        """The button."""
        self.page.click("main .button")


class PageExpired(CustomerPage):
    """“La pagina è scaduta”: a form that was sent before is sent again."""

    sign = "#loginContinueLink"

    def go_on(self) -> None:
        """“Riprendi”: to where the customer was."""
        self.page.click(self.sign)


class ForgottenPage(CustomerPage):
    """“Credenziali dimenticate?”: asks which."""

    sign = "#forgotten-credentials-form"

    def username(self) -> ForgottenUsernamePage:
        """The username."""
        self.page.click("button[value=USERNAME]")
        return ForgottenUsernamePage(self.page)

    def password(self) -> ForgottenPasswordPage:
        """The password."""
        self.page.click("button[value=PASSWORD]")
        return ForgottenPasswordPage(self.page)


class ForgottenUsernamePage(CustomerPage):
    """“Username dimenticato”: asks for the email, or for customer code and codice fiscale."""

    sign = "#forgotten-by-code-form"

    def send_email(self, email: str) -> None:
        """Type the email and go on."""
        self.page.fill("#email", email)
        self.page.click("button[value=USERNAME_BY_EMAIL]")

    def send_code(self, code: str, codice_fiscale: str) -> None:
        """Type what stands on the bill and go on."""
        self.page.fill("#customerCode", code)
        self.page.fill("#codiceFiscale", codice_fiscale)
        self.page.click("button[value=USERNAME_BY_CODE]")

    def by_email(self, email: str) -> SentPage:
        """The same, with what looks like an email."""
        self.send_email(email)
        return SentPage(self.page)

    def by_code(self, code: str, codice_fiscale: str) -> SentPage:
        """The same, with neither left empty."""
        self.send_code(code, codice_fiscale)
        return SentPage(self.page)


class ForgottenPasswordPage(CustomerPage):
    """“Password dimenticata”: asks for the username."""

    sign = "#forgotten-password-form"

    def send(self, username: str) -> None:
        """Type the username and go on."""
        self.page.fill("#username", username)
        self.page.click("button[value=PASSWORD_BY_USERNAME]")

    def ask(self, username: str) -> SentPage:
        """The same, with a username."""
        self.send(username)
        return SentPage(self.page)


class SentPage(CustomerPage):
    """“Controlla la tua email”: the answer to everybody."""

    sign = "#forgotten-sent"

    @property
    def answer(self) -> Locator:
        """What everybody reads."""
        return self.page.locator(self.sign)

    def next_password(self) -> ForgottenPasswordPage:
        """“Recupera la password”."""
        self.page.click("#forgotten-next-form button")
        return ForgottenPasswordPage(self.page)

    def next_username(self) -> ForgottenUsernamePage:
        """“Recupera lo username”."""
        self.page.click("#forgotten-next-form button")
        return ForgottenUsernamePage(self.page)


class NewPasswordPage(CustomerPage):
    """“Scegli una nuova password”."""

    sign = "#kc-passwd-update-form"

    def choose(self, password: str, again: str | None = None) -> None:
        """Type the new password, twice alike unless told otherwise."""
        self.page.fill("#password-new", password)
        self.page.fill("#password-confirm", password if again is None else again)
        self.page.click("#kc-submit")


class ConsentsPage(CustomerPage):
    """“Le tue scelte sulla privacy”, and “È cambiata l’informativa sulla privacy”."""

    sign = "#privacy-consents-form"

    def option(self, purpose: str, value: str) -> Locator:
        """One radio button, or the box of the mandatory purpose."""
        return self.page.locator(f'input[name="privacy.{purpose}"][value="{value}"]')

    def state(self, purpose: str) -> Locator:
        """What counts now, in words."""
        return self.page.locator(f'[id="privacy.{purpose}-hint"]')

    def choose(self, **choices: str) -> None:
        """Tick “yes” or “no” by purpose, and save."""
        for purpose, value in choices.items():
            self.option(purpose, value).check()
        self.save()

    def save(self) -> None:
        """“Salva le scelte”, or “Continua” where the page is forced."""
        self.page.click("#kc-submit")

    def leave(self) -> None:
        """“Torna al tuo account”, once saved."""
        self.page.click("#kc-leave")

    def cancel(self) -> None:
        """“Annulla”."""
        self.page.click("#kc-cancel")


class ServicePage:
    """The service’s own page, which a customer sees once logged in (see services.py)."""

    def __init__(self, page: Page) -> None:
        expect(page.locator("#inside")).to_be_visible()
        self.page = page
