"""From the older minor version of Keycloak to the pinned one, with customers in the middle of everything.

The extension is built for each of the two; what leans on Keycloak's own classes is tested on both: the ways
round the code, consents, the notice to a code's holder, and what the validator asks of the extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from provisioning import cli
from stack.local import Stack
from stack.mailbox.part import Mailbox
from stack.page import Page
from stack.settings import KEYCLOAK, OLDER_KEYCLOAK, REALM_CONFIG, Release
from tests.faults.upgrading import Upgrade, WithEmail, compatibility
from tests.live.test_consents import (
    anna,
    realm,
    test_a_portal_reads_only_the_consents_that_count,
    test_simultaneous_changes_on_three_devices_are_all_in_the_history,
)
from tests.live.test_owner_notice import (
    test_the_holder_of_the_code_hears_of_the_account_and_what_to_do,
)
from tests.live.test_registration_bypasses import (
    scene,
    test_a_code_written_into_the_form_is_ignored,
    test_a_codice_fiscale_of_another_customer_is_refused_at_its_field_and_nothing_typed_is_lost,
    test_a_form_without_the_mandatory_consent_is_refused_at_its_field,
    test_the_form_sent_without_the_code_step_registers_nobody,
    test_the_honest_way_registers_and_confirms_the_code,
    test_the_same_form_sent_again_after_success_makes_no_second_account,
)
from tests.live.test_verify import (
    test_of_many_users_those_are_named_that_there_are,
    test_the_list_of_customers_holds_each_one_once_and_nobody_else,
)
from tests.support.databases import Databases
from tests.support.newcomers import NewCustomer, newcomers
from tests.support.realm import Realm, eventually, state
from tests.support.registration import Registrant

__all__ = [
    "anna",
    "realm",
    "scene",
    "test_a_code_written_into_the_form_is_ignored",
    "test_a_codice_fiscale_of_another_customer_is_refused_at_its_field_and_nothing_typed_is_lost",
    "test_a_form_without_the_mandatory_consent_is_refused_at_its_field",
    "test_a_portal_reads_only_the_consents_that_count",
    "test_of_many_users_those_are_named_that_there_are",
    "test_simultaneous_changes_on_three_devices_are_all_in_the_history",
    "test_the_form_sent_without_the_code_step_registers_nobody",
    "test_the_holder_of_the_code_hears_of_the_account_and_what_to_do",
    "test_the_honest_way_registers_and_confirms_the_code",
    "test_the_list_of_customers_holds_each_one_once_and_nobody_else",
    "test_the_same_form_sent_again_after_success_makes_no_second_account",
]

CONFIRMED = "confermat"
TOO_LATE = "troppo tempo"
#: What kc.sh update-compatibility answers where every node has to stop before the first new one starts.
NO_ROLLING = 3


@dataclass
class People:
    """Whom the upgrade found where."""

    registered: Registrant
    waiting_for_the_link: WithEmail
    with_the_form_open: Registrant
    with_the_code_page_open: Registrant
    code_page: Page
    confirmed: WithEmail
    logged_in: Registrant


@pytest.fixture(scope="module")
def upgrade(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Upgrade:
    """The data of both releases."""
    return Upgrade(tmp_path_factory.mktemp("upgrade"), databases.new(), databases.new())


@pytest.fixture(scope="module")
def older(upgrade: Upgrade) -> Iterator[Stack]:
    """The older release, until the pinned one takes over."""
    with upgrade.stack(OLDER_KEYCLOAK) as running:
        yield running


@pytest.fixture(scope="module")
def people(older: Stack) -> People:
    """Customers of the older release."""
    take = newcomers(older)
    at_the_code = Registrant(older, take())
    made = People(
        registered=Registrant(older, take()),
        waiting_for_the_link=WithEmail(older, take()),
        with_the_form_open=Registrant(older, take()),
        with_the_code_page_open=at_the_code,
        code_page=at_the_code.code_page(),
        confirmed=WithEmail(older, take()),
        logged_in=Registrant(older, take()),
    )
    for one in (made.registered, made.waiting_for_the_link, made.confirmed, made.logged_in):
        one.register()
    assert made.confirmed.follow_mail(CONFIRMED).says(CONFIRMED)
    made.with_the_form_open.open_form()
    assert made.logged_in.log_in().returned
    return made


@pytest.fixture(scope="module", params=[OLDER_KEYCLOAK, KEYCLOAK], ids=lambda release: release.version)
def stack(request: pytest.FixtureRequest, upgrade: Upgrade, older: Stack, people: People) -> Iterator[Stack]:
    """The older release with its customers, and then the pinned one with the same."""
    release: Release = request.param
    if release == OLDER_KEYCLOAK:
        yield older
        return
    older.stop()
    with upgrade.stack(release) as running:
        yield running


@pytest.fixture(scope="module")
def new_customer(stack: Stack) -> NewCustomer:
    """Gives a customer who has not registered, another one at each call."""
    return newcomers(stack)


@pytest.fixture(scope="module")
def mailbox(stack: Stack) -> Mailbox:
    """That of the release that runs."""
    return stack.mailbox


only_upgraded = pytest.mark.parametrize("stack", [KEYCLOAK], indirect=True, ids=[KEYCLOAK.version])


@only_upgraded
def test_who_has_an_account_logs_in_and_who_was_logged_in_still_is(stack: Stack, people: People) -> None:
    for one in (people.registered, people.confirmed):
        assert one.log_in().returned
    assert people.logged_in.login_page().returned


@only_upgraded
def test_who_waited_for_the_link_confirms_with_the_one_in_the_mail(stack: Stack, people: People) -> None:
    anna = people.waiting_for_the_link
    assert anna.follow_mail(CONFIRMED).says(CONFIRMED)
    assert anna.log_in().returned


@only_upgraded
def test_who_stood_in_the_registration_is_told_so_and_begins_again_with_the_same_code(
    stack: Stack, people: People
) -> None:
    """What is open in a browser lives in the nodes’ memory, which ends with the last of them."""
    in_the_form, at_the_code = people.with_the_form_open, people.with_the_code_page_open
    code = {"customerCode": at_the_code.customer.code}
    answers = [in_the_form.send_form(), at_the_code.browser.submit(people.code_page.form, code)]
    for one, page in zip((in_the_form, at_the_code), answers, strict=True):
        assert page.status < 500, page.described()
        assert page.says(TOO_LATE), page.described()
        again = Registrant(stack, one.customer)
        again.register()
        eventually(partial(state, stack, one.customer.code), "confirmed")
        assert len(Realm(stack).with_code(one.customer.code)) == 1


@only_upgraded
def test_accounts_and_codes_agree_after_the_upgrade(stack: Stack) -> None:
    assert "accounts and codes agree one to one" in stack.validator.command("reconcile", "--verify")


@only_upgraded
def test_one_apply_after_the_upgrade_takes_back_what_it_changed_and_no_node_has_logged_an_error(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keycloak's migration adds required actions of its own and may move ours to make room."""
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    realm = ["--config", str(REALM_CONFIG), "--environment", "local"]
    assert cli.main(["apply", *realm]) == 0
    capsys.readouterr()
    assert cli.main(["plan", *realm]) == 0
    assert capsys.readouterr().out == "Realm enercasa is as declared: nothing to do.\n"
    assert " ERROR " not in stack.keycloak.log.read_text(encoding="utf-8")


def test_keycloak_allows_no_rolling_upgrade_between_these_two(upgrade: Upgrade) -> None:
    code, said = compatibility(upgrade.folder)
    assert code == NO_ROLLING, said
    assert "Rolling Update is not available" in said
