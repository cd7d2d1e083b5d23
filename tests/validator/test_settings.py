"""Settings: what is missing or wrong is named in one line."""

from pathlib import Path

import pytest
from customer_code_validator import settings
from customer_code_validator.settings import SettingsError

SECRET = "s" * 32
GOOD = {
    "CUSTOMER_CODES_DATABASE_URL": "sqlite:///codes.sqlite3",
    "CUSTOMER_CODES_SECRET": SECRET,
    "CUSTOMER_CODES_HASH_KEY": "h" * 32,
    "CUSTOMER_CODES_IDENTITY_KEY": "i" * 32,
}
KEYCLOAK = {
    "KEYCLOAK_URL": "https://login.example.org/",
    "KEYCLOAK_REALM": "r",
    "KEYCLOAK_CLIENT_ID": "validator",
    "KEYCLOAK_CLIENT_SECRET": "secret",
}


def test_the_least_environment_is_enough_and_has_the_products_figures() -> None:
    loaded = settings.load(GOOD)
    assert loaded.secrets == (SECRET,)
    assert loaded.keycloak is None
    assert (loaded.limits.owner.most, loaded.limits.address.most, loaded.limits.identity.most) == (5, 10, 5)
    assert (loaded.times.lease.seconds, loaded.times.claim_grace.seconds) == (7200, 120)


def test_a_throttles_window_is_a_setting_like_its_figure() -> None:
    names = ("TRIES_PER_OWNER", "TRIES_PER_ADDRESS", "MISMATCHES_PER_CODE")
    given = {f"CUSTOMER_CODES_{name}_WINDOW_SECONDS": str(number + 1) for number, name in enumerate(names)}
    limits = settings.load({**GOOD, **given}).limits
    windows = [one.window.total_seconds() for one in (limits.owner, limits.address, limits.identity)]
    assert windows == [1, 2, 3]
    assert (limits.holder.kind, limits.holder.window) == ("holder", limits.identity.window)


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("f" * 32 + "\n")
    environment = {
        **GOOD,
        "CUSTOMER_CODES_SECRET": "",
        "CUSTOMER_CODES_SECRET_FILE": str(tmp_path / "secret"),
    }
    assert settings.load(environment).secrets == ("f" * 32,)


def test_two_secrets_are_accepted_while_they_are_rotated() -> None:
    assert settings.load({**GOOD, "CUSTOMER_CODES_SECRET_PREVIOUS": "p" * 32}).secrets == (SECRET, "p" * 32)


def test_keycloaks_address_may_end_with_a_slash() -> None:
    found = settings.keycloak(KEYCLOAK)
    assert found is not None
    assert found.url == "https://login.example.org"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"CUSTOMER_CODES_DATABASE_URL": ""}, "CUSTOMER_CODES_DATABASE_URL: not set"),
        (
            {"CUSTOMER_CODES_DATABASE_URL": "user:pw@host"},
            "CUSTOMER_CODES_DATABASE_URL: not a database address",
        ),
        ({"CUSTOMER_CODES_DATABASE_URL": "nosql://x"}, "CUSTOMER_CODES_DATABASE_URL: not a database address"),
        ({"CUSTOMER_CODES_SECRET": ""}, "CUSTOMER_CODES_SECRET: not set"),
        ({"CUSTOMER_CODES_SECRET": "s" * 31}, "CUSTOMER_CODES_SECRET: shorter than 32"),
        ({"CUSTOMER_CODES_SECRET_PREVIOUS": "s"}, "CUSTOMER_CODES_SECRET_PREVIOUS: shorter than 32"),
        ({"CUSTOMER_CODES_HASH_KEY": ""}, "CUSTOMER_CODES_HASH_KEY: not set"),
        ({"CUSTOMER_CODES_IDENTITY_KEY": ""}, "CUSTOMER_CODES_IDENTITY_KEY: not set"),
        ({"CUSTOMER_CODES_IDENTITY_KEY_PREVIOUS": "short"}, "CUSTOMER_CODES_IDENTITY_KEY_PREVIOUS: shorter"),
        (
            {"CUSTOMER_CODES_SECRET_FILE": "/x"},
            "CUSTOMER_CODES_SECRET and CUSTOMER_CODES_SECRET_FILE are both set",
        ),
        (
            {"CUSTOMER_CODES_SECRET_PREVIOUS_FILE": "/no/x"},
            "CUSTOMER_CODES_SECRET_PREVIOUS_FILE: cannot read /no/x",
        ),
        (
            {"CUSTOMER_CODES_LEASE_SECONDS": "2h"},
            "CUSTOMER_CODES_LEASE_SECONDS: not a whole number above 0: 2h",
        ),
        (
            {"CUSTOMER_CODES_TRIES_PER_OWNER": "0"},
            "CUSTOMER_CODES_TRIES_PER_OWNER: not a whole number above 0: 0",
        ),
        (
            {"CUSTOMER_CODES_TRIES_PER_ADDRESS_WINDOW_SECONDS": "1h"},
            "CUSTOMER_CODES_TRIES_PER_ADDRESS_WINDOW_SECONDS: not a whole number above 0: 1h",
        ),
        ({**KEYCLOAK, "KEYCLOAK_REALM": ""}, "KEYCLOAK_REALM: not set"),
        ({**KEYCLOAK, "KEYCLOAK_URL": "login.example.org"}, "KEYCLOAK_URL: not an http(s) address"),
        ({**KEYCLOAK, "KEYCLOAK_CA_FILE": "/no/ca.pem"}, "KEYCLOAK_CA_FILE: no such file: /no/ca.pem"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_without_its_secret(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings.load({**GOOD, **change})
    message = str(raised.value)
    assert message.startswith(named)
    assert "\n" not in message
    assert "pw" not in message
