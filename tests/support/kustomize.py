"""The real kustomize, built by Go from its published module."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from stack import cache, tools
from stack.errors import StackError
from stack.settings import cache_folder

#: One that Debian 12's Go (1.19) builds. Go compares what it fetches with its public record of hashes.
_VERSION = "v4.5.7"
_MODULE = f"sigs.k8s.io/kustomize/kustomize/v4@{_VERSION}"


def rendered(folder: Path) -> list[dict[str, Any]]:
    """What `kubectl apply -k FOLDER` would send. Raises StackError where kustomize refuses it."""
    printed = tools.run([str(program()), "build", str(folder)], purpose=f"kustomize build {folder.name}")
    return list(yaml.safe_load_all(printed))


def program() -> Path:
    """Where it is; built where no cache keeps it."""
    kept = cache_folder() / "kustomize"
    with cache.exclusive(kept):
        made = kept / _VERSION / "kustomize"
        if not made.exists():
            if shutil.which("go") is None:
                raise StackError("no go on PATH, which builds kustomize: install Go (Debian: golang-go)")
            with cache.scratch(kept) as folder:
                environment = {**os.environ, "GOBIN": str(folder)}
                tools.run(["go", "install", _MODULE], purpose="building kustomize", environment=environment)
                made.parent.mkdir(exist_ok=True)
                (folder / "kustomize").rename(made)
    return made
