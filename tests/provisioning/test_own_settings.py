"""The mapping `provisioning`, which is the tool's own: a slip in it is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning import engine
from provisioning.config import load
from provisioning.problems import ConfigError

SLIPS = {
    "a list that cannot be pruned": (
        "prune:\n    users: undeclared\n",
        "3: provisioning.prune.users: names nothing that can be pruned: use one of authenticationFlows, ",
    ),
    "a mode that is none": (
        "prune:\n    clients: everything\n",
        "3: provisioning.prune.clients: must be owned or undeclared",
    ),
    "nobody to remember by": (
        "prune:\n    clients: owned\n",
        "3: provisioning.prune.clients: needs a name to remember by: add `owner: NAME` to provisioning",
    ),
    "a share beyond all": (
        "mostChanged: 101\n",
        "2: provisioning.mostChanged: must be 0 to 100 (per cent)",
    ),
    "a word that it does not have": ("purge: true\n", "2: provisioning.purge: "),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_with_its_line_and_what_to_do(name: str, tmp_path: Path) -> None:
    text, expected = SLIPS[name]
    file = tmp_path / "realm.yaml"
    file.write_text(f"provisioning:\n  {text}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        engine.declare(load(file))
    assert [line.partition("realm.yaml:")[2][: len(expected)] for line in str(caught.value).splitlines()] == [
        expected
    ]
