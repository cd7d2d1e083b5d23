"""Points 4 and 5 of the customers' guide: the welcome, the mail, its link, the login."""

from __future__ import annotations

from playwright.sync_api import expect

from stack.customers import Customer
from tests.browser.pages import LoginPage, MessagePage, ServicePage, WelcomePage
from tests.browser.site import Admin
from tests.browser.visitor import NewCustomer, NewVisitor, Visitor, link_in

CONFIRMED = "Grazie, il tuo indirizzo email è confermato. Ora puoi fare LOGIN con le tue credenziali."
ALREADY_CONFIRMED = "Il tuo indirizzo email era già confermato. Puoi fare LOGIN con le tue credenziali."


def test_after_the_form_the_welcome_says_that_a_mail_must_be_confirmed(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.registers(customer)
    welcome = WelcomePage(visitor.page)
    expect(welcome.heading).to_have_text("REGISTRATI")
    expect(welcome.page.locator("strong", has_text="Benvenuto!")).to_be_visible()
    expect(welcome.page.locator(WelcomePage.sign)).to_have_text(
        "Benvenuto! Ti abbiamo inviato al tuo indirizzo email una mail che dovrai confermare"
    )
    expect(welcome.body).to_contain_text(answers.email)


def test_the_welcome_hints_at_spam_and_at_24_hours(visitor: Visitor, customer: Customer) -> None:
    visitor.registers(customer)
    welcome = WelcomePage(visitor.page)
    expect(welcome.body).to_contain_text("Guarda anche nella posta indesiderata (SPAM).")
    expect(welcome.body).to_contain_text("Il link vale 24 ore")


def test_continua_leads_from_the_welcome_to_the_login(visitor: Visitor, customer: Customer) -> None:
    visitor.registers(customer)
    visitor.page.get_by_role("link", name="Continua", exact=True).click()
    expect(LoginPage(visitor.page).heading).to_have_text("Accedi all’area riservata")


def test_in_a_trial_the_mail_is_read_and_followed_on_the_mailbox_page(
    visitor: Visitor, customer: Customer
) -> None:
    """As the README says it: in the browser that registered."""
    answers = visitor.registers(customer)
    visitor.confirmation_mail(answers)
    mailbox = visitor.page.context.new_page()
    mailbox.goto(visitor.mailbox.url)
    mailbox.get_by_role("link").filter(has_text=answers.email).click()
    shown = mailbox.frame_locator("iframe")
    with mailbox.expect_popup() as opened:
        shown.get_by_role("link", name="Conferma la tua email").click()
    expect(MessagePage(opened.value).words).to_have_text(CONFIRMED)
    visitor.logs_in(answers)


def test_the_mail_says_what_to_do_and_how_long_there_is(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.registers(customer)
    mail = visitor.confirmation_mail(answers)
    assert mail.subject == "Conferma la tua email per l’area riservata"
    assert mail.sender == "EnerCasa Coop <non-rispondere@enercasa.example>"
    for body in (mail.text, mail.html):
        assert "Conferma la tua email" in body
        assert "24 ore" in body
        assert "SPAM" in body
    assert link_in(mail).replace("&", "&amp;") in mail.html


def test_the_mail_is_followed_and_a_message_confirms_then_login(
    visitor: Visitor, customer: Customer, admin: Admin
) -> None:
    answers = visitor.registers(customer)
    WelcomePage(visitor.page).go_on()
    confirmed = visitor.confirms(answers)
    expect(confirmed.heading).to_have_text("Email confermata")
    expect(confirmed.words).to_have_text(CONFIRMED)
    confirmed.link("Vai al LOGIN").click()
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    ServicePage(visitor.page)
    user = admin.user(answers.username)
    assert user is not None
    assert user["emailVerified"]


def test_the_mail_may_be_followed_while_the_welcome_is_still_open(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.registers(customer)
    mailed = visitor.page.context.new_page()
    mailed.goto(link_in(visitor.confirmation_mail(answers)))
    expect(MessagePage(mailed).words).to_have_text(CONFIRMED)
    visitor.logs_in(answers)


def test_the_welcome_left_open_says_that_the_customer_went_on_in_another_tab(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.registers(customer)
    mailed = visitor.page.context.new_page()
    mailed.goto(link_in(visitor.confirmation_mail(answers)))
    MessagePage(mailed)
    visitor.page.click("main a.button")
    stale = MessagePage(visitor.page)
    expect(stale.words).to_contain_text("forse sei già andato avanti in un’altra scheda")
    stale.link("Vai al LOGIN").click()
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    ServicePage(visitor.page)


def test_the_link_may_be_followed_on_another_device(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.registers(customer)
    phone = new_visitor(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    last_step = phone.confirms(answers)
    expect(last_step.heading).to_have_text("Conferma la tua email")
    expect(last_step.words).to_have_text(
        f"Manca un solo passo: conferma che {answers.email} è il tuo indirizzo email."
    )
    phone.page.get_by_role("button", name="Conferma e continua").click()
    confirmed = MessagePage(phone.page)
    expect(confirmed.words).to_have_text(CONFIRMED)
    confirmed.link("Vai al LOGIN").click()
    LoginPage(phone.page).log_in(answers.username, answers.password)
    ServicePage(phone.page)


def test_the_link_used_twice_says_that_all_is_confirmed(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.has_an_account(customer)
    again = visitor.confirms(answers)
    expect(again.words).to_have_text(ALREADY_CONFIRMED)
    again.link("Vai al LOGIN").click()
    LoginPage(visitor.page)


def test_the_link_used_twice_on_another_device_says_that_all_is_confirmed(
    visitor: Visitor, new_visitor: NewVisitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    expect(new_visitor().confirms(answers).words).to_have_text(ALREADY_CONFIRMED)


def test_no_login_before_confirmation(visitor: Visitor, customer: Customer, admin: Admin) -> None:
    answers = visitor.registers(customer)
    visitor.comes_to_log_in().log_in(answers.username, answers.password)
    welcome = WelcomePage(visitor.page)
    expect(welcome.body).to_contain_text(answers.email)
    visitor.page.goto(visitor.site.service_login)
    expect(visitor.page.locator("#inside")).to_have_count(0)
    user = admin.user(answers.username)
    assert user is not None
    assert not user["emailVerified"]


def test_refreshing_the_welcome_sends_no_second_mail(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.registers(customer)
    visitor.confirmation_mail(answers)
    for _ in range(2):
        visitor.page.reload()
        WelcomePage(visitor.page)
    # Keycloak sends before it answers: a second mail would be in the mailbox by now.
    assert len(visitor.mailbox.messages(answers.email)) == 1


def test_sending_again_at_once_is_put_off_with_words(visitor: Visitor, customer: Customer) -> None:
    answers = visitor.registers(customer)
    WelcomePage(visitor.page).send_again()
    expect(WelcomePage(visitor.page).message).to_contain_text("La mail è partita da poco: aspetta")
    assert len(visitor.mailbox.messages(answers.email)) == 1


def test_two_accounts_may_share_one_address(
    visitor: Visitor, new_visitor: NewVisitor, new_customer: NewCustomer
) -> None:
    anna, bruno = visitor, new_visitor()
    hers = anna.has_an_account(new_customer())
    his = bruno.registers(new_customer(), email=hers.email)
    assert hers.username != his.username
    expect(bruno.confirms(his).words).to_have_text(CONFIRMED)
    anna.logs_in(hers)
    bruno.logs_in(his)
