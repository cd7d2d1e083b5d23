"""docker-compose.yml brought up: the commands that a person types, and what can be seen from outside."""

from __future__ import annotations

import json
import re
import secrets
import shlex
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from stack import compose, tools
from stack.errors import StackError
from stack.ports import Ports, free_port
from tests.containers import interfaces

Json = dict[str, Any]
#: The old Compose waits for ever for a service that never gets well. The cluster takes a minute.
_UP_SECONDS = 300.0
_ONE_SHOT_SECONDS = 120.0
_HEALTHY_SECONDS = 180.0
_POLL_SECONDS = 0.3


class Project:
    """One project of Compose in a clone of the repository, after `make env` and nothing else.

    clone        where every command is typed
    command      `docker compose`, or the old `docker-compose`
    environment  with which it is run
    absent       services of which there is no image here
    """

    def __init__(
        self,
        name: str,
        clone: Path,
        ports: Ports,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        absent: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.clone = clone
        self._command = command
        self._absent = absent
        self.public_port = free_port()
        self.front = f"10.213.{secrets.randbelow(256)}"
        self.environment = {
            **environment,
            # As .env has it for a person: a project of a name that no other one has.
            "COMPOSE_PROJECT_NAME": name,
            "PUBLIC_PORT": str(self.public_port),
            # Two projects at once have a network each.
            "FRONT_NETWORK": self.front,
        }
        self._typed(["make", "env"], KEYCLOAK_PORT=str(ports.keycloak), MAILBOX_PORT=str(ports.mailbox))

    def build(self) -> None:
        """Make the images that the file builds."""
        self._compose("build")

    def up(self, *profiles: str) -> None:
        """Start what does not run, in its order; return once all is healthy and what runs once has ended."""
        chosen = [f"--profile={profile}" for profile in profiles]
        scaled = [f"--scale={name}=0" for name in self._absent if "observe" in profiles]
        try:
            self._compose(*chosen, "up", "--detach", "--no-build", *scaled, within=_UP_SECONDS)
        except StackError as error:
            raise StackError(f"{error}\n{self.logs()[-6000:]}") from error
        deadline = time.monotonic() + _ONE_SHOT_SECONDS
        one_shots = self._one_shots(set(profiles))
        while running := [name for name in one_shots if self.inspected()[name]["State"]["Running"]]:
            assert time.monotonic() < deadline, f"still running: {running}; {self.logs()}"
            time.sleep(_POLL_SECONDS)
        self.wait_healthy(*self.inspected())

    def down(self, *options: str) -> None:
        """Stop and remove the containers; with `--volumes` the data too."""
        self._compose("down", "--timeout", "20", *options)

    def settled(self) -> Json:
        """The file as it is read, with every variable in its place."""
        read: Json = yaml.safe_load(self._compose("config"))
        return read

    def again(self, service: str, **environment: str) -> str:
        """What a one-shot service prints when it runs once more."""
        variables = [f"-e{name}={value}" for name, value in environment.items()]
        return self._compose("run", "--rm", "--no-deps", *variables, service)

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """It ends as in a power cut; after the block it is there again, and healthy."""
        self._compose("kill", service)
        try:
            yield
        finally:
            self._compose("start", service)
            self.wait_healthy(service)

    def hang(self, service: str) -> None:
        """From now on this server takes connections and does nothing."""
        # All processes but the container's first, which no signal from within stops: a script that waits for
        # Java, or the parent of the validator's workers, and this very shell.
        stop = "case ${each#/proc/} in 1|$$) ;; *) kill -STOP ${each#/proc/} ;; esac"
        self.inside(service, "sh", "-c", f"for each in /proc/[0-9]*; do {stop}; done")

    @contextmanager
    def with_hanging(self, service: str) -> Iterator[None]:
        """It hangs; after the block it has begun anew."""
        self.hang(service)
        try:
            yield
        finally:
            with self.without(service):
                pass

    def type(self, command: str) -> str:
        """What a line of the shell prints, typed in the clone; `compose` in it is the command here."""
        compose = f'compose() {{ {shlex.join(self._command)} "$@"; }}'
        return self._typed(["bash", "-euo", "pipefail", "-c", f"{compose}\n{command}"])

    def wait_healthy(self, *services: str) -> None:
        """Until each of them that is a server says that it is well, and a browser may come."""
        deadline = time.monotonic() + _HEALTHY_SECONDS
        while waited_for := [
            name
            for name, container in self.inspected().items()
            if name in services
            and container["State"]["Running"]
            and container["State"]["Health"]["Status"] != "healthy"
        ]:
            assert time.monotonic() < deadline, f"not healthy: {waited_for}; {self.logs()[-3000:]}"
            time.sleep(_POLL_SECONDS)
        interfaces.wait_until_at_rest()

    def remove(self, *services: str) -> None:
        """Stop these and remove their containers."""
        self._compose("rm", "--stop", "--force", *services)

    def inside(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the container of a service."""
        return self.attempt("exec", "-T", service, *command)

    def finds(self, service: str, other: str) -> bool:
        """Whether the name of the other one leads anywhere from within the first."""
        return self.found(service, other) != set()

    def found(self, service: str, name: str) -> set[str]:
        """The addresses that a name leads to from within a service."""
        told = self.inside(service, "getent", "hosts", name).stdout
        return {line.split()[0] for line in told.splitlines()}

    def logs(self, *services: str) -> str:
        """What all containers have printed, or those of these services."""
        return self._compose("logs", "--no-color", *services)

    def logs_since(self, moment: float) -> str:
        """What each has printed since then (seconds since 1970), asked of the engine: Compose mixes them."""
        program = self._program()
        said = {
            service: subprocess.run(
                [program, "logs", f"--since={int(moment)}", container["Id"]],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            ).stdout
            for service, container in self.inspected().items()
        }
        return "\n".join(f"{service}:\n{text}" for service, text in said.items() if text)

    def inspected(self) -> dict[str, Json]:
        """What the engine knows of each container, by service."""
        label = f"label=com.docker.compose.project={self.name}"
        listed = self._docker("ps", "--all", "--quiet", "--filter", label).split()
        known: list[Json] = json.loads(self._docker("inspect", *listed))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in known}

    def needs(self, service: str) -> set[str]:
        """Those that must be well before this one is started."""
        depends: Json = self._services[service].get("depends_on", {})
        return {other for other, how in depends.items() if how["condition"] == "service_healthy"}

    def images_of(self, label: str) -> set[str]:
        """The images of the running containers that have this label."""
        return set(self._docker("ps", f"--filter=label={label}", "--format={{.Image}}").split())

    def left_of(self, label: str) -> list[str]:
        """Every container and volume that has this label."""
        containers = self._docker("ps", "--all", "--quiet", f"--filter=label={label}")
        return [*containers.split(), *self._docker("volume", "ls", "-q", f"--filter=label={label}").split()]

    def files(self, image: str) -> set[str]:
        """Every file in an image, asked of the engine: an image need not have a tool to list them."""
        container = self._docker("create", "--network=none", image, "true").split()[-1]
        packed = self.clone.with_name(f"{container}.tar")
        try:
            self._docker("export", f"--output={packed}", container)
            with tarfile.open(packed) as archive:
                return {member.name for member in archive if not member.isdir()}
        finally:
            packed.unlink(missing_ok=True)
            self._docker("rm", container)

    def address(self, service: str) -> str:
        """Where this machine reaches its container, published or not."""
        return self.addresses(service)[0]

    def addresses(self, service: str) -> list[str]:
        """Those of its container, one of each network that it is on."""
        networks: Json = self.inspected()[service]["NetworkSettings"]["Networks"]
        return [str(network["IPAddress"]) for network in networks.values()]

    def published(self) -> dict[str, set[str]]:
        """The ports of each service that are published, on this machine and nowhere else."""
        found: dict[str, set[str]] = {}
        for service, container in self.inspected().items():
            for port, places in container["NetworkSettings"]["Ports"].items():
                assert {place["HostIp"] for place in places or []} <= {"127.0.0.1"}, service
                if places:
                    found.setdefault(service, set()).add(port)
        return found

    def secrets(self) -> dict[str, str]:
        """Every secret by its file's name."""
        return {
            path.name: path.read_text(encoding="utf-8") for path in (self.clone / compose.SECRETS).iterdir()
        }

    def attempt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command of Compose, whatever its exit code."""
        return subprocess.run(
            [*self._command, *arguments],
            cwd=self.clone,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @cached_property
    def _services(self) -> Json:
        read: Json = yaml.safe_load((self.clone / "docker-compose.yml").read_text(encoding="utf-8"))[
            "services"
        ]
        return read

    def _one_shots(self, profiles: set[str]) -> list[str]:
        """Those of no profile, or of these, that nothing starts again."""
        once = {name: it for name, it in self._services.items() if "restart" not in it}
        return [name for name, it in once.items() if "profiles" not in it or profiles & set(it["profiles"])]

    def _compose(self, *arguments: str, within: float | None = None) -> str:
        return self._typed([*self._command, *arguments], within=within)

    def _typed(self, command: list[str], *, within: float | None = None, **environment: str) -> str:
        return tools.run(
            command,
            purpose=" ".join(command[-6:]),
            environment={**self.environment, **environment},
            within=within,
            folder=self.clone,
        )

    def _docker(self, *arguments: str) -> str:
        return subprocess.run(
            [self._program(), *arguments], env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def _program(self) -> str:
        return "docker" if self._command[0] == "docker" else "podman"


def began(container: Json) -> datetime:
    """When it was started last, of one of `inspected`."""
    return _moment(container["State"]["StartedAt"])


def well(container: Json) -> datetime:
    """When it said for the first time that it is well, as far back as the engine remembers."""
    return min(_moment(one["Start"]) for one in container["State"]["Health"]["Log"] if one["ExitCode"] == 0)


def _moment(text: str) -> datetime:
    """An engine's, with its nanoseconds."""
    return datetime.fromisoformat(re.sub(r"\.(\d{6})\d*", r".\1", text))
