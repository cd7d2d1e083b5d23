"""Protocol mappers (ProtocolMapperRepresentation), of clients and of client scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioning.diff import differences
from provisioning.resources.base import merged_map, overlaid
from provisioning.shapes import MAP, Record, Records, fields

_MAPPER = Record(
    {**fields(text="name protocol protocolMapper", read_only="id consentRequired consentText"), "config": MAP}
)
MAPPERS = Records(_MAPPER)

Mapper = dict[str, Any]


def changed_mappers(
    before: list[Mapper], after: list[Mapper]
) -> Iterator[tuple[Mapper | None, Mapper | None]]:
    """Pairs (had, to be) of the mappers that differ; None where one is new or goes."""
    had = {mapper["name"]: mapper for mapper in before}
    wanted = {mapper["name"]: mapper for mapper in after}
    for name, mapper in wanted.items():
        if name not in had:
            yield None, mapper
        elif any(differences(_MAPPER, had[name], mapper)):
            yield had[name], whole(had[name], mapper)
    for name in had.keys() - wanted.keys():
        yield had[name], None


def whole(before: Mapper, after: Mapper) -> Mapper:
    """A mapper to send: settings that are not declared stay."""
    return {**overlaid(before, after), "config": merged_map(before.get("config"), after.get("config") or {})}
