"""Ports: chosen by the environment, distinct, and free before anything starts."""

from __future__ import annotations

import socket
from dataclasses import astuple, replace

import pytest

from stack.errors import StackError
from stack.ports import Ports


def test_without_variables_the_documented_ports_are_used() -> None:
    assert Ports.from_environment({}) == Ports(8080, 9000, 8090, 8091, 8025, 1025)


def test_an_environment_variable_moves_one_port() -> None:
    assert Ports.from_environment({"VALIDATOR_PORT": "9090"}) == replace(Ports(), validator=9090)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Ports.from_environment({"SMTP_PORT": ""}) == Ports()


@pytest.mark.parametrize("value", ["0", "65536", "-1", "eighty", "80.5", "²"])
def test_what_is_no_port_is_refused_by_the_name_of_its_variable(value: str) -> None:
    with pytest.raises(StackError, match=r"KEYCLOAK_PORT=.* is no port: give a number from 1 to 65535"):
        Ports.from_environment({"KEYCLOAK_PORT": value})


def test_two_parts_on_one_port_are_refused_by_both_names() -> None:
    with pytest.raises(StackError, match="VALIDATOR_PORT and MAILBOX_PORT are both 8500"):
        Ports.from_environment({"VALIDATOR_PORT": "8500", "MAILBOX_PORT": "8500"})


def test_a_taken_port_is_named_with_its_purpose_and_the_variable_that_moves_it() -> None:
    ports = Ports.free()
    with socket.create_server(("127.0.0.1", ports.mailbox)), pytest.raises(StackError) as caught:
        ports.require_free()
    assert f"port {ports.mailbox}, wanted for the mailbox’s page, is already in use" in str(caught.value)
    assert "MAILBOX_PORT=" in str(caught.value)


def test_a_port_taken_on_all_addresses_counts_as_taken() -> None:
    ports = Ports.free()
    refused = pytest.raises(StackError, match=f"port {ports.keycloak}, wanted for Keycloak,")
    with socket.create_server(("0.0.0.0", ports.keycloak)), refused:  # noqa: S104 - that is what is tested
        ports.require_free()


def test_free_ports_are_distinct_and_free() -> None:
    ports = Ports.free()
    ports.require_free()
    assert len(set(astuple(ports))) == 6
