"""Which calls may be sent a second time, and how long to wait before: pure.

A call whose answer was lost may have been carried out. Readings, replacements and removals may simply be
sent again; what creates may not, unless Keycloak makes no second one of it. Anything else is decided by
reading the realm again: `UncertainError` in gateway.py, and applying.py.
"""

from __future__ import annotations

from urllib.parse import urlsplit

WAITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before the second, third, … try: about as long in all as a restart of Keycloak takes."""

TOO_MANY = 429
_PASSING = frozenset({408, TOO_MANY, 500, 502, 503, 504})

_REPEATABLE_POSTS = (
    "/partial-export",  # a reading by nature
    "/partialImport",  # sent with ifResourceExists: SKIP (PartialImportManager)
    "/role-mappings",  # granting what is granted changes nothing (RoleMapperModel.grantRole)
    "/composites",  # RoleModel.addCompositeRole, likewise
    "/localization",  # texts are put, not added (RealmLocalizationResource.createOrUpdate…)
)


def passing(status: int) -> bool:
    """Whether an answer may be another a moment later: an overload, a restart, a gateway's time-out.

    500 is among them: Keycloak gives it for a lost connection to its database or a lost race too.
    """
    return status in _PASSING


def repeatable(method: str, path: str) -> bool:
    """Whether this call, sent twice, leaves the realm as sent once; `path` is the one below /admin/realms."""
    if method != "POST":
        return True
    steps = urlsplit(path).path
    return any(f"{step}/" in f"{steps}/" for step in _REPEATABLE_POSTS)
