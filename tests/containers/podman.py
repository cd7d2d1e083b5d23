"""podman as a Docker engine: on a bare Debian, with no registry to fetch images from.

What it keeps (images and their layers) is in the user's cache folder, apart from the machine's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import tools
from stack.errors import StackError
from stack.process import Process
from stack.settings import cache_folder

#: Program → the Debian package that brings it; netavark lies outside PATH and needs iptables.
_NEEDED = {
    "podman": "podman",
    "buildah": "buildah",
    "runc": "runc",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "docker-compose": "docker-compose",
    "/usr/lib/podman/netavark": "netavark",
    "/usr/lib/podman/aardvark-dns": "aardvark-dns",
}
#: crun and systemd are not there; without limits of their own containers get the machine's, often refused.
#: Each health check leaves a process behind for so many seconds, of itself for five minutes.
_CONFIGURATION = """\
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
exit_command_delay = 3
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[network]
network_backend = "netavark"
network_config_dir = "{kept}/networks"
"""
_STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{kept}/storage"
runroot = "/run/customer-identity-tests"
"""
#: Of a network with a subnet of its own, podman tells more than the old Compose has asked for, which then
#: says that the network has changed whenever it sees it a second time.
_COMPOSE = """\
from compose import network
from compose.cli.main import main
network.check_remote_ipam_config = lambda *_: None
main()
"""
_READY_SECONDS = 30.0
_HEALTH_PAUSE = 0.5


class Podman:
    """Its command line, and its service that speaks Docker's API until the block of `serving` ends."""

    #: The old Compose: the new one comes with Docker's own packages only.
    compose = ("/usr/bin/python3", "-c", _COMPOSE)

    def __init__(self, folder: Path) -> None:
        _require()
        kept = kept_folder()
        for name, text in (("containers.conf", _CONFIGURATION), ("storage.conf", _STORAGE)):
            (folder / name).write_text(text.format(kept=kept), encoding="utf-8")
        self._socket = folder / "podman.sock"
        self._log = folder / "podman.log"
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "DOCKER_HOST": f"unix://{self._socket}",
            # There is no systemd to run health checks: `tend` does.
            "DISABLE_HC_SYSTEMD": "true",
            # What takes away the containers of a killed run is an image of its own, and cannot be had either.
            "TESTCONTAINERS_RYUK_DISABLED": "true",
        }

    def run(self, *arguments: str) -> str:
        """What `podman ARGUMENTS` prints. Raises StackError where it fails."""
        return tools.run(
            ["podman", *arguments], purpose=f"podman {arguments[0]}", environment=self.environment
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Docker's API at DOCKER_HOST."""
        service = Process("podman", self._log)
        command = ["podman", "system", "service", "--time", "0", f"unix://{self._socket}"]
        service.start(command, self.environment)
        try:
            service.wait_until(self._socket.exists, _READY_SECONDS)
            yield
        finally:
            service.stop()

    @contextmanager
    def tending(self, project: str) -> Iterator[None]:
        """Run the health checks of a project's containers, as the engine does elsewhere."""
        ended = threading.Event()

        def tend() -> None:
            while not ended.wait(_HEALTH_PAUSE):
                for container in self._running(project):
                    self._quietly("healthcheck", "run", container)

        thread = threading.Thread(target=tend, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _running(self, project: str) -> list[str]:
        return self._quietly("ps", "-q", "--filter", f"label=com.docker.compose.project={project}").split()

    def _quietly(self, *arguments: str) -> str:
        # A container may end between the two questions.
        return subprocess.run(
            ["podman", *arguments], env=self.environment, capture_output=True, text=True, check=False
        ).stdout


def kept_folder() -> Path:
    """Where images and layers stay for the next run."""
    return cache_folder() / "containers"


def _require() -> None:
    missing = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        install = [f"install {' '.join(missing)} (Debian’s names)"] if missing else []
        as_root = [] if os.geteuid() == 0 else ["run the tests as root"]
        raise StackError(
            "no Docker engine answers, and podman cannot stand in for it: "
            f"{' and '.join([*install, *as_root])}, or start Docker"
        )
