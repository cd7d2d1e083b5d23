"""docker-compose.yml brought up: the commands that a person types, and what can be seen from outside."""

from __future__ import annotations

import json
import subprocess
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stack import compose, tools
from stack.ports import Ports
from stack.settings import REPOSITORY

Json = dict[str, Any]
_ONE_SHOT_SECONDS = 120.0
_POLL_SECONDS = 0.3


class Project:
    """One project of Compose, with its `.env` and secrets in a folder of its own.

    command      `docker compose`, or the old `docker-compose`
    environment  with which it is run
    """

    def __init__(
        self, name: str, folder: Path, ports: Ports, command: tuple[str, ...], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.folder = folder
        self._command = command
        self.environment = {**environment, "SECRETS_FOLDER": str(folder / compose.SECRETS)}
        compose.write(folder, ports, name)

    def build(self) -> None:
        """Make the images that the file builds."""
        self._compose("build")

    def up(self) -> None:
        """Start what does not run, in its order; return once what runs only once has ended."""
        self._compose("up", "--detach", "--no-build")
        deadline = time.monotonic() + _ONE_SHOT_SECONDS
        while running := [name for name in self._one_shots() if self.inspected()[name]["State"]["Running"]]:
            assert time.monotonic() < deadline, f"still running: {running}; {self.logs()}"
            time.sleep(_POLL_SECONDS)

    def down(self, *options: str) -> None:
        """Stop and remove the containers; with `--volumes` the data too."""
        self._compose("down", "--timeout", "20", *options)

    def settled(self) -> Json:
        """The file as it is read, with every variable in its place."""
        read: Json = yaml.safe_load(self._compose("config"))
        return read

    def again(self, service: str) -> str:
        """What a one-shot service prints when it runs once more."""
        return self._compose("run", "--rm", "--no-deps", service)

    def inside(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the container of a service."""
        return self.attempt("exec", "-T", service, *command)

    def logs(self) -> str:
        """What all containers have printed."""
        return self._compose("logs", "--no-color")

    def inspected(self) -> dict[str, Json]:
        """What the engine knows of each container, by service."""
        label = f"label=com.docker.compose.project={self.name}"
        listed = self._docker("ps", "--all", "--quiet", "--filter", label).split()
        known: list[Json] = json.loads(self._docker("inspect", *listed))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in known}

    def files(self, image: str) -> set[str]:
        """Every file in an image, asked of the engine: an image need not have a tool to list them."""
        container = self._docker("create", "--network=none", image, "true").split()[-1]
        packed = self.folder / f"{container}.tar"
        try:
            self._docker("export", f"--output={packed}", container)
            with tarfile.open(packed) as archive:
                return {member.name for member in archive if not member.isdir()}
        finally:
            packed.unlink(missing_ok=True)
            self._docker("rm", container)

    def secrets(self) -> dict[str, str]:
        """Every secret by its file's name."""
        return {
            path.name: path.read_text(encoding="utf-8") for path in (self.folder / compose.SECRETS).iterdir()
        }

    def attempt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command of Compose, whatever its exit code."""
        return subprocess.run(
            [*self._line(), *arguments],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _one_shots(self) -> list[str]:
        """Those of no profile that nothing starts again."""
        services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
        return [name for name, it in services.items() if "restart" not in it and "profiles" not in it]

    def _compose(self, *arguments: str) -> str:
        return tools.run(
            [*self._line(), *arguments], purpose=f"compose {arguments[0]}", environment=self.environment
        )

    def _line(self) -> list[str]:
        where = ["--project-directory", str(REPOSITORY), "--file", str(REPOSITORY / "docker-compose.yml")]
        return [*self._command, *where, "--env-file", str(self.folder / compose.ENVIRONMENT)]

    def _docker(self, *arguments: str) -> str:
        program = "docker" if self._command[0] == "docker" else "podman"
        return subprocess.run(
            [program, *arguments], env=self.environment, capture_output=True, text=True, check=True
        ).stdout
