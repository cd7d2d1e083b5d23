"""Ways round the customer code, tried by hand-made requests: each is refused, and nobody is registered."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest

from stack.local import Stack
from stack.page import Form
from tests.support.newcomers import NewCustomer
from tests.support.realm import Realm, moves, state
from tests.support.registration import (
    CODE_REFUSED,
    CONSENT_REQUIRED,
    IDENTITY_MISMATCH,
    WELCOME,
    Registrant,
)


@dataclass
class Scene:
    """The running system, and customers who have not registered."""

    stack: Stack
    realm: Realm
    new_customer: NewCustomer

    def registrant(self) -> Registrant:
        """A fresh customer at a fresh browser."""
        return Registrant(self.stack, self.new_customer())

    def assert_not_registered(self, registrant: Registrant, code_state: str = "free") -> None:
        """No user under this name nor with this code, and the code as it should be."""
        assert self.realm.user(registrant.username) is None
        assert self.realm.with_code(registrant.customer.code) == []
        assert state(self.stack, registrant.customer.code) == code_state


@pytest.fixture
def scene(stack: Stack, new_customer: NewCustomer) -> Scene:
    """The running system, and customers who have not registered."""
    return Scene(stack, Realm(stack), new_customer)


def _aimed_at(form: Form, execution: str) -> Form:
    """The form's address with another step of the flow written into it."""
    parts = urlsplit(form.action)
    query = "&".join(
        f"execution={execution}" if part.startswith("execution=") else part for part in parts.query.split("&")
    )
    return dataclasses.replace(form, action=urlunsplit(parts._replace(query=query)))


def _execution(form: Form) -> str:
    query = urlsplit(form.action).query.split("&")
    return next(part.removeprefix("execution=") for part in query if part.startswith("execution="))


def test_the_honest_way_registers_and_confirms_the_code(scene: Scene) -> None:
    """What every refusal below is measured against: the same requests, honestly sent, do register."""
    anna = scene.registrant()
    page = anna.register()
    user = scene.realm.user(anna.username)
    assert page.name in WELCOME
    assert user is not None
    assert user["attributes"]["customerCode"] == [anna.customer.code]
    assert state(scene.stack, anna.customer.code) in {"claimed", "confirmed"}


def test_the_form_sent_without_the_code_step_registers_nobody(scene: Scene) -> None:
    knowing = scene.registrant()
    forms_step = _execution(knowing.open_form())
    cheat = scene.registrant()
    code_page = cheat.code_page()
    cheat.form = _aimed_at(code_page.form, forms_step)
    page = cheat.send_form(customerCode=cheat.customer.code)
    assert page.name not in WELCOME, page.described()
    scene.assert_not_registered(cheat)


def test_the_form_sent_to_the_code_page_registers_nobody(scene: Scene) -> None:
    cheat = scene.registrant()
    cheat.form = cheat.code_page().form
    page = cheat.send_form(customerCode="")
    assert page.name == "customer-code", page.described()
    scene.assert_not_registered(cheat)


def test_a_code_written_into_the_form_is_ignored(scene: Scene) -> None:
    anna, other = scene.registrant(), scene.registrant()
    anna.register(customerCode=other.customer.code)
    user = scene.realm.user(anna.username)
    assert user is not None
    assert user["attributes"]["customerCode"] == [anna.customer.code]
    scene.assert_not_registered(other)


def test_a_codice_fiscale_of_another_customer_is_refused_at_its_field_and_nothing_typed_is_lost(
    scene: Scene,
) -> None:
    anna, other = scene.registrant(), scene.registrant()
    typed = {"mobile": "+39 333 1234567", "codiceFiscale": other.customer.codice_fiscale}
    page = anna.send_form(**typed)
    assert page.name == "register", page.described()
    assert IDENTITY_MISMATCH in page.errors.get("codiceFiscale", ""), page.described()
    kept = page.form.values
    assert {name: kept[name] for name in typed} == typed
    assert (kept["username"], kept["lastName"]) == (anna.username, anna.customer.last_name)
    assert kept["privacy.processing"] == "yes"
    scene.assert_not_registered(anna, "reserved")
    anna.form = page.form
    anna.register()


def test_a_form_without_the_mandatory_consent_is_refused_at_its_field(scene: Scene) -> None:
    anna = scene.registrant()
    for sent in (None, "", "no", "on"):
        page = anna.send_form(privacy_processing=sent)
        assert CONSENT_REQUIRED in page.errors.get("privacy.processing", ""), page.described()
        anna.form = page.form
    scene.assert_not_registered(anna, "reserved")


def test_the_same_form_sent_again_after_success_makes_no_second_account(scene: Scene) -> None:
    anna = scene.registrant()
    anna.register()
    first = anna.username
    page = anna.send_form(username=f"{first}-again")
    assert page.status < 500, page.described()
    assert scene.realm.user(f"{first}-again") is None
    assert [user["username"] for user in scene.realm.with_code(anna.customer.code)] == [first]
    assert moves(scene.stack, anna.customer.code, "reserved -> claimed") == 1


def test_a_code_page_sent_again_after_success_gives_no_second_form(scene: Scene) -> None:
    """The browser still knows the page with the code on it; “back” and “continue” must not start over."""
    anna = scene.registrant()
    code_page = anna.code_page()
    anna.form = anna.browser.submit(code_page.form, {"customerCode": anna.customer.code}).form
    anna.register()
    page = anna.browser.submit(code_page.form, {"customerCode": anna.customer.code})
    assert page.name != "register", page.described()
    assert moves(scene.stack, anna.customer.code, "reserved -> claimed") == 1


def test_a_code_page_sent_twice_before_the_form_still_reserves_once(scene: Scene) -> None:
    anna = scene.registrant()
    code_page = anna.code_page()
    for _ in range(2):
        page = anna.browser.submit(code_page.form, {"customerCode": anna.customer.code})
        assert page.status < 500, page.described()
    assert moves(scene.stack, anna.customer.code, "free -> reserved") == 1
    assert state(scene.stack, anna.customer.code) == "reserved"


def test_the_form_of_another_browser_cannot_be_sent_from_this_one(scene: Scene) -> None:
    anna, thief = scene.registrant(), scene.registrant()
    form = anna.open_form()
    thief.code_page()
    page = thief.browser.submit(form, anna.values(username=thief.username))
    assert page.name not in WELCOME, page.described()
    assert scene.realm.user(thief.username) is None
    scene.assert_not_registered(anna, "reserved")
    anna.register()


def test_a_registered_code_is_refused_as_if_unknown(scene: Scene) -> None:
    anna = scene.registrant()
    anna.register()
    thief = Registrant(scene.stack, anna.customer)
    taken, unknown = thief.send_code(), thief.send_code("ZZZZ999999")
    for page in (taken, unknown):
        assert page.name == "customer-code", page.described()
        assert CODE_REFUSED in page.errors.get("customerCode", ""), page.described()
    assert taken.errors == unknown.errors


@pytest.mark.parametrize("query", [{"endpoint": "registrations"}, {"prompt": "create"}], ids=str)
def test_other_entrances_to_registration_ask_for_the_code_too(scene: Scene, query: dict[str, str]) -> None:
    page = scene.registrant().login_page(**query)
    assert page.name == "customer-code", page.described()


def test_typed_separators_and_lower_case_are_mended_and_the_record_s_spelling_is_stored(scene: Scene) -> None:
    anna = scene.registrant()
    code, fiscal = anna.customer.code, anna.customer.codice_fiscale
    assert anna.send_code(f" {code[:4]} {code[4:]} ").name == "register"
    anna.register(codiceFiscale=f" {fiscal[:6].lower()} {fiscal[6:]} ")
    user = scene.realm.user(anna.username)
    assert user is not None
    assert user["attributes"]["codiceFiscale"] == [fiscal]
