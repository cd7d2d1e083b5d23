"""The mail server is away when a customer registers."""

from __future__ import annotations

from stack.customers import Customer
from stack.local import Stack
from tests.support.registration import Registrant

NOT_SENT = "Il tuo account c’è, ma in questo momento non riusciamo a mandarti la mail per confermarlo."


def test_a_confirmation_mail_that_cannot_leave_is_sent_by_the_next_login(
    stack: Stack, customer: Customer
) -> None:
    anna = Registrant(stack, customer)
    email = f"{anna.username}@example.org"
    stack.mailbox.stop()
    try:
        page = anna.send_form(email=email, emailConfirm=email)
        assert page.name == "error", page.described()
        assert page.says(NOT_SENT), page.described()
    finally:
        stack.mailbox.start()
    assert anna.log_in().name == "login-verify-email"
    stack.mailbox.wait_for(email)
