"""The two nodes of Keycloak and the two validators, as one tells them apart from outside."""

from __future__ import annotations

import re

import requests

from tests.browser.visitor import Visitor
from tests.containers.project import Project
from tests.support.realm import eventually

VALIDATORS = ("validator", "validator-2")
NODES = ("keycloak", "keycloak-2")
#: What the two profiles bring up beside the one node.
ADDED = ("keycloak-2", "validator-2", "proxy", "prometheus")


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
    counted = r'^http_server_requests_seconds_count\{.*method="POST".*\} (\S+)$'
    return sum(map(float, re.findall(counted, _metrics(clustered, node), re.M)))


def wait_for_one_cluster(clustered: Project) -> None:
    """Nodes that begin on a busy machine may not find each other at once: until they have, each has its own
    sessions, and one that dies takes them along. JGroups brings them together within a minute."""
    eventually(lambda: [_cluster_size(clustered, node) for node in NODES], [len(NODES)] * len(NODES), 120)


def _cluster_size(clustered: Project, node: str) -> float:
    found = re.findall(r"^vendor_cluster_size\{.*\} (\S+)$", _metrics(clustered, node), re.M)
    return max(map(float, found), default=0)


def _metrics(clustered: Project, node: str) -> str:
    return requests.get(f"http://{clustered.address(node)}:9000/metrics", timeout=10).text
