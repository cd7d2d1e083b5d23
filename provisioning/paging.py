"""Reading a realm too large for one export: page by page on two connections, into the same representation.

Keycloak answers an export of thousands of clients or groups slower than in proportion (300 s for 10,000
clients in one list on a cold cache, 1.7 ms each in pages of 250, half of that on two connections), and gives
up on its transaction after 300 s. What such a realm needs beyond its lists (client roles, service accounts,
authorization) the kinds read for what is declared only.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from provisioning.nodes import as_shown
from provisioning.reader import NotFoundError, Reader, RefusedError, segment

PAGE = 250
"""Clients read in pages of this size are cheapest (1.7 ms each, cold)."""
LARGE = 500
"""Clients or groups beyond which pages are faster than the one export, cold."""
_CONNECTIONS = 2

_Item = dict[str, Any]
_Given = TypeVar("_Given")
_Got = TypeVar("_Got")


def is_large(reader: Reader, realm: str) -> bool:
    """Whether the realm has more clients or groups than one export should bring: two small readings.

    Raises NotFoundError where there is no realm. A login that may not know reads as if it were small.
    """
    base = f"/{segment(realm)}"
    try:
        if reader.get(f"{base}/clients?first={LARGE}&max=1"):
            return True
        return bool(reader.get(f"{base}/groups/count").get("count", 0) > LARGE)
    except NotFoundError:
        raise
    except RefusedError:
        return False


def export_in_pages(reader: Reader, realm: str) -> tuple[_Item, dict[str, str]]:
    """The representation that one export would have brought, and the secrets of clients, masked in it.

    `roles.client` and `users` are left out: the kinds read those that are declared.
    """
    readers = [reader, *(reader.twin() for _ in range(_CONNECTIONS - 1))]
    base = f"/{segment(realm)}"
    whole = "briefRepresentation=false&"
    paths = (f"{base}/clients?", f"{base}/groups?{whole}", f"{base}/roles?{whole}")
    lists = [_Pages(path) for path in paths]
    export: _Item = {}

    def read(own: Reader) -> None:
        # No reader waits for another one between the lists.
        if own is reader:
            export.update(own.export(realm, whole=False))
        for pages in lists:
            pages.read(own)

    _at_once(read, readers)
    clients, groups, roles = (pages.items() for pages in lists)
    secrets = {client["clientId"]: client["secret"] for client in clients if client.get("secret")}
    for client in clients:
        if "secret" in client:
            client["secret"] = as_shown(client["secret"])
    _descend(readers, base, groups)
    _compose(readers, base, roles, {client["id"]: client["clientId"] for client in clients})
    return {**export, "clients": clients, "groups": groups, "roles": {"realm": roles, "client": {}}}, secrets


def in_pages(readers: list[Reader], path: str) -> list[_Item]:
    """All of a list in its order; `path` ends in ? or &."""
    pages = _Pages(path)
    _at_once(pages.read, readers)
    return pages.items()


class _Pages:
    """A list on its way: each reader takes the next page that nobody has, until one finds the end."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._numbers = itertools.count()
        self._found: dict[int, list[_Item]] = {}
        self._ended = False

    def read(self, reader: Reader) -> None:
        """Until there is nothing left to take."""
        while not self._ended:
            number = next(self._numbers)
            page = self._found[number] = reader.get(f"{self._path}first={number * PAGE}&max={PAGE}")
            if len(page) < PAGE:
                self._ended = True

    def items(self) -> list[_Item]:
        """All of them, in their order."""
        return [item for number in sorted(self._found) for item in self._found[number]]


def _descend(readers: list[Reader], base: str, top: list[_Item]) -> None:
    """Give each group its own groups."""
    level = [group for group in top if group.get("subGroupCount")]
    while level:
        for group, children in _each(readers, level, lambda reader, g: _children(reader, base, g)):
            group["subGroups"] = children
        level = [child for group in level for child in group["subGroups"] if child.get("subGroupCount")]


def _children(reader: Reader, base: str, group: _Item) -> list[_Item]:
    return in_pages([reader], f"{base}/groups/{group['id']}/children?briefRepresentation=false&")


def _compose(readers: list[Reader], base: str, roles: list[_Item], clients: dict[str, str]) -> None:
    composed = [role for role in roles if role.get("composite")]

    def read(reader: Reader, role: _Item) -> list[_Item]:
        return list(reader.get(f"{base}/roles-by-id/{role['id']}/composites"))

    for role, parts in _each(readers, composed, read):
        role["composites"] = by_owner(parts, clients, "realm", "client")


def by_owner(roles: Iterable[_Item], clients: dict[str, str], realm: str, client: str) -> _Item:
    """Roles as an export lists them: names under `realm`, and by client under `client`."""
    found: _Item = {}
    for role in roles:
        if role.get("clientRole"):
            owner = clients.get(role["containerId"], role["containerId"])
            found.setdefault(client, {}).setdefault(owner, []).append(role["name"])
        else:
            found.setdefault(realm, []).append(role["name"])
    return found


def read_client_roles(reader: Reader, realm: str, export: _Item, names: Iterable[str]) -> None:
    """The roles of these clients into an export that was read in pages."""
    base, ids = f"/{segment(realm)}", _client_ids(export)
    clients = {uuid: client for client, uuid in ids.items()}
    for name in names:
        if name in ids:
            roles = in_pages([reader], f"{base}/clients/{ids[name]}/roles?briefRepresentation=false&")
            _compose([reader], base, roles, clients)
            export["roles"]["client"][name] = roles


def read_service_accounts(reader: Reader, realm: str, export: _Item, names: Iterable[str]) -> None:
    """The service accounts of these clients, with their roles, likewise."""
    base, ids = f"/{segment(realm)}", _client_ids(export)
    enabled = {client["clientId"] for client in export["clients"] if client.get("serviceAccountsEnabled")}
    for name in names:
        if name in enabled:
            user = reader.get(f"{base}/clients/{ids[name]}/service-account-user")
            mapped = reader.get(f"{base}/users/{user['id']}/role-mappings")
            roles = _mapped(mapped, "realmRoles", "clientRoles")
            export.setdefault("users", []).append({**user, "serviceAccountClientId": name, **roles})


def read_scope_mappings(reader: Reader, realm: str, export: _Item, names: Iterable[str]) -> None:
    """The roles that these clients may put into tokens, likewise."""
    base, ids = f"/{segment(realm)}", _client_ids(export)
    for name in names:
        if name not in ids:
            continue
        found = _mapped(reader.get(f"{base}/clients/{ids[name]}/scope-mappings"), "realm", "client")
        if found.get("realm"):
            export.setdefault("scopeMappings", []).append({"client": name, "roles": found["realm"]})
        for owner, roles in found.get("client", {}).items():
            mappings = export.setdefault("clientScopeMappings", {}).setdefault(owner, [])
            mappings.append({"client": name, "roles": roles})


def read_authorization(reader: Reader, realm: str, export: _Item, names: Iterable[str]) -> None:
    """The authorization settings of these clients, likewise."""
    base, wanted = f"/{segment(realm)}", set(names)
    for client in export["clients"]:
        if client["clientId"] in wanted and client.get("authorizationServicesEnabled"):
            server = f"{base}/clients/{client['id']}/authz/resource-server"
            client["authorizationSettings"] = reader.get(f"{server}/settings")


def _client_ids(export: _Item) -> dict[str, str]:
    return {client["clientId"]: client["id"] for client in export["clients"]}


def _mapped(mappings: _Item, realm: str, client: str) -> _Item:
    """MappingsRepresentation as an export lists roles."""
    found: _Item = {}
    if mappings.get("realmMappings"):
        found[realm] = [role["name"] for role in mappings["realmMappings"]]
    for name, owned in (mappings.get("clientMappings") or {}).items():
        found.setdefault(client, {})[name] = [role["name"] for role in owned["mappings"]]
    return found


def _each(
    readers: list[Reader], items: list[_Given], read: Callable[[Reader, _Given], _Got]
) -> Iterator[tuple[_Given, _Got]]:
    """Each item with what is read for it, the readers sharing the work."""
    shares = [items[number :: len(readers)] for number in range(len(readers))]

    def work(share: tuple[Reader, list[_Given]]) -> list[tuple[_Given, _Got]]:
        reader, mine = share
        return [(item, read(reader, item)) for item in mine]

    with ThreadPoolExecutor(len(readers)) as threads:
        for done in threads.map(work, zip(readers, shares, strict=True)):
            yield from done


def _at_once(work: Callable[[Reader], None], readers: list[Reader]) -> None:
    with ThreadPoolExecutor(len(readers)) as threads:
        list(threads.map(work, readers))
