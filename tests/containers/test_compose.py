"""docker-compose.yml in containers: the customer's journey, and how little each container may do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from stack.customers import Customer
from stack.mailbox.part import Mailbox
from tests.browser.conftest import open_browser
from tests.browser.pages import LoginPage
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.containers.confinement import require_no_rights, require_read_only
from tests.containers.handbook import commands
from tests.containers.project import Project, began, well

SERVERS = {"postgres", "keycloak", "validator", "mailpit"}
ONE_SHOTS = {"provisioning", "customers"}
PUBLISHED = {"keycloak": "8080/tcp", "mailpit": "8025/tcp"}
#: Who is on a network with whom.
FINDS = {
    "postgres": {"keycloak", "validator"},
    "keycloak": {"postgres", "validator", "mailpit"},
    "validator": {"postgres", "keycloak", "mailpit"},
    "mailpit": {"keycloak", "validator"},
}


@pytest.fixture
def visitor(browser: Browser, composed_site: Site, composed_mailbox: Mailbox) -> Iterator[Visitor]:
    """A person at a browser in front of the published ports; nothing on the pages may complain."""
    page, complaints = open_browser(browser, composed_site)
    yield Visitor(page, composed_site, composed_mailbox)
    page.context.close()
    assert complaints.found == []


def test_a_customer_registers_confirms_by_mail_logs_in_and_sees_the_services(
    visitor: Visitor, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    visitor.page.goto(visitor.site.applications)
    LoginPage(visitor.page).log_in(answers.username, answers.password)
    for service in ("Bollette e pagamenti", "Autolettura"):
        expect(visitor.page.get_by_text(service, exact=True)).to_be_visible()


def test_after_down_and_up_each_part_has_waited_for_what_it_needs_and_an_account_is_still_there(
    visitor: Visitor, composed: Project, customer: Customer
) -> None:
    answers = visitor.has_an_account(customer)
    composed.down()
    composed.up()
    needed = {(service, other) for service in SERVERS | ONE_SHOTS for other in composed.needs(service)}
    assert {("validator", "postgres"), ("keycloak", "validator"), ("provisioning", "keycloak")} <= needed
    known = composed.inspected()
    early = {(service, other) for service, other in needed if well(known[other]) > began(known[service])}
    assert early == set()
    visitor.logs_in(answers)


def test_the_handbooks_commands_restore_both_databases_and_make_them_agree(
    visitor: Visitor, composed: Project, unregistered: Iterator[Customer]
) -> None:
    """Of the customer who came between the two backups the codes know, and Keycloak does not."""
    back_up_keycloak, back_up_codes, *lines = commands(
        "operations/running.md", "compose exec -T postgres pg_restore"
    )
    early, late = visitor.has_an_account(next(unregistered)), next(unregistered)
    composed.type(back_up_keycloak)
    visitor.has_an_account(late)
    composed.type(back_up_codes)
    told = {}
    for line in lines:
        told[line] = composed.type(line)
        if line in ("compose ps keycloak", "compose up --detach"):
            composed.wait_healthy(*SERVERS)
    said = "".join(told.values())
    assert "freed, Keycloak lacks user" in said
    assert said.rstrip().endswith("accounts and codes agree one to one")
    visitor.logs_in(early)
    visitor.page.context.clear_cookies()
    visitor.logs_in(visitor.has_an_account(late))


def test_the_servers_are_healthy_and_the_one_shots_have_ended_well(composed: Project) -> None:
    containers = composed.inspected()
    assert set(containers) == SERVERS | ONE_SHOTS
    states = {name: containers[name]["State"] for name in SERVERS}
    assert {name: state.get("Health", {}).get("Status") for name, state in states.items()} == dict.fromkeys(
        SERVERS, "healthy"
    )
    assert {name: containers[name]["State"]["ExitCode"] for name in ONE_SHOTS} == dict.fromkeys(ONE_SHOTS, 0)


def test_provisioning_a_second_time_changes_nothing(composed: Project) -> None:
    assert "nothing to do" in composed.again("provisioning")


def test_the_same_customers_a_second_time_change_nothing(composed: Project) -> None:
    composed.again("customers")


@pytest.mark.parametrize("service", sorted(SERVERS))
def test_no_server_is_root_or_has_a_capability_or_can_gain_one(composed: Project, service: str) -> None:
    require_no_rights(composed, service)


@pytest.mark.parametrize("service", sorted(SERVERS))
def test_nothing_can_be_written_outside_of_data_and_temporary_folders(
    composed: Project, service: str
) -> None:
    require_read_only(composed, service)


def test_every_container_has_bounds_of_memory_and_processes(composed: Project) -> None:
    for name, container in composed.inspected().items():
        bounds = container["HostConfig"]
        assert bounds["Memory"] > 0, name
        assert bounds["PidsLimit"] > 0, name


def test_ports_are_published_on_this_machine_alone(composed: Project) -> None:
    assert composed.published() == {service: {port} for service, port in PUBLISHED.items()}


def test_no_secret_is_shown_by_inspect_or_in_a_log(composed: Project) -> None:
    shown = str(composed.inspected()) + composed.logs()
    assert "Keycloak 26" in shown
    values = [line.partition("=")[2] or line for text in composed.secrets().values() for line in text.split()]
    assert [value for value in values if value in shown] == []


@pytest.mark.parametrize(("user", "other"), [("keycloak", "validator"), ("validator", "keycloak")])
def test_a_part_cannot_enter_the_other_ones_database(composed: Project, user: str, other: str) -> None:
    password = composed.secrets()[f"{user}-database-password"]

    def enter(database: str) -> int:
        address = f"postgresql://{user}:{password}@127.0.0.1/{database}"
        return composed.inside("postgres", "psql", "--command=SELECT", address).returncode

    assert [enter(user), enter(other), enter("postgres")] == [0, 2, 2]


@pytest.mark.parametrize("service", sorted(SERVERS))
def test_a_server_finds_those_that_it_talks_to_and_no_other(composed: Project, service: str) -> None:
    """Names; that networks of one machine are closed to each other is the engine's part."""
    found = {other for other in SERVERS - {service} if composed.finds(service, other)}
    assert found == FINDS[service]


def test_without_its_environment_it_says_what_to_do_in_one_line(composed: Project) -> None:
    told = composed.attempt("config", KEYCLOAK_PORT="")
    assert told.returncode != 0
    assert "run make env first" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
