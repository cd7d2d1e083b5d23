"""The two nodes of Keycloak and the two validators, as one tells them apart from outside."""

from __future__ import annotations

import re

import requests

from tests.browser.visitor import Visitor
from tests.containers.project import Project

VALIDATORS = ("validator", "validator-2")
NODES = ("keycloak", "keycloak-2")


def leader(clustered: Project) -> str:
    """The node that the others follow: a node's name begins with its host's."""
    query = "SELECT name FROM jgroups_ping WHERE coord ORDER BY last_update DESC LIMIT 1"
    command = ("psql", "--username=postgres", "--dbname=keycloak", "--tuples-only", "--command", query)
    name, known = clustered.inside("postgres", *command).stdout.strip(), clustered.inspected()
    return next((node for node in NODES if name.startswith(known[node]["Config"]["Hostname"])), name)


def node_of(visitor: Visitor, clustered: Project) -> str:
    """The one that the browser stays with: its cookie ends with the name of the node’s host."""
    [cookie] = [one for one in visitor.page.context.cookies() if one.get("name") == "AUTH_SESSION_ID"]
    known = clustered.inspected()
    [node] = [name for name in NODES if known[name]["Config"]["Hostname"] in cookie.get("value", "")]
    return node


def posts(clustered: Project, node: str) -> float:
    """How many have reached that node."""
    metrics = requests.get(f"http://{clustered.address(node)}:9000/metrics", timeout=10).text
    counted = re.findall(r'^http_server_requests_seconds_count\{.*method="POST".*\} (\S+)$', metrics, re.M)
    return sum(map(float, counted))
