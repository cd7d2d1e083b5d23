"""kaji (crates.io), where it is on the PATH: the same realm as its workspace, one file an object."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("kaji")


def workspace(folder: Path, realm: str, content: dict[str, Any]) -> Path:
    """The folder that kaji reads, written: JSON is YAML."""
    lists = {"clients": content["clients"], "groups": content["groups"], "roles": content["roles"]["realm"]}
    settings = {name: value for name, value in content.items() if name not in lists}
    _write(folder / realm / "realm.yaml", {**settings, "realm": realm})
    for kind, objects in lists.items():
        for number, each in enumerate(objects):
            _write(folder / realm / kind / f"{number}.yaml", each)
    return folder


def line(command: str, realm: str, folder: Path) -> list[str]:
    """Its command line; the login comes from the environment."""
    options = ["--yes"] if command == "apply" else []
    return [str(PROGRAM), "--realms", realm, command, "--workspace", str(folder), *options]


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
