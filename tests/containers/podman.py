"""podman as a Docker engine: on a bare Debian, with no registry to fetch images from.

What it keeps (images and their layers) is in the user's cache folder, apart from the machine's own.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import cache, tools
from stack.errors import StackError
from stack.process import Process
from stack.settings import cache_folder

#: The project of Compose, always the same: one run at a time has it.
NAME = "customer-identity-test"
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
runroot = "{run}"
"""
#: What runs, for one run of the tests at a time. The names and addresses of networks are the whole machine's.
RUN_FOLDER = Path("/run/customer-identity-tests")
_NAMES = Path("/run/containers/networks/aardvark-dns")
#: Of a network with a subnet of its own, podman tells more than the old Compose has asked for, which then
#: says that the network has changed whenever it sees it a second time.
_COMPOSE = """\
from compose import network
from compose.cli.main import main
network.check_remote_ipam_config = lambda *_: None
main()
"""
#: The bridges of networks, and how each has come by its address of the Ethernet: 3 is “it was given”
#: (the kernel's NET_ADDR_SET).
_BRIDGES = "podman[0-9]*/addr_assign_type"
_GIVEN = "3"
_SIOCGIFHWADDR, _SIOCSIFHWADDR, _IFREQ_BYTES = 0x8927, 0x8924, 40
_READY_SECONDS = 30.0
_HEALTH_PAUSE = 0.5
#: So often a container that is well is asked again, every this many pauses.
_HEALTHY_PAUSES = 20


class Podman:
    """Its command line, and its service that speaks Docker's API until the block of `serving` ends."""

    #: The old Compose: the new one comes with Docker's own packages only.
    compose = ("/usr/bin/python3", "-c", _COMPOSE)

    def __init__(self, folder: Path, kept: Path) -> None:
        _require()
        for name, text in (("containers.conf", _CONFIGURATION), ("storage.conf", _STORAGE)):
            (folder / name).write_text(text.format(kept=kept, run=RUN_FOLDER), encoding="utf-8")
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

    def remove_leftovers(self) -> None:
        """Every container of a run that was killed goes, with its networks and volumes; images stay."""
        if running := self.run("ps", "--all", "--quiet").split():
            self.run("rm", "--force", "--volumes", *running)
        self.run("network", "prune", "--force")
        self.run("volume", "prune", "--force")

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
        """Run the health checks of a project's containers, as the engine does elsewhere, and hold the
        addresses of its bridges."""
        ended = threading.Event()

        def tend() -> None:
            for pause in itertools.count():
                if ended.wait(_HEALTH_PAUSE):
                    return
                _hold_bridges()
                for container in self._running(project, well=pause % _HEALTHY_PAUSES == 0):
                    self._quietly("healthcheck", "run", container)

        thread = threading.Thread(target=tend, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _running(self, project: str, well: bool) -> list[str]:
        """Those that are not well, or all of them."""
        states = [] if well else ["--filter=health=starting", "--filter=health=unhealthy"]
        label = f"--filter=label=com.docker.compose.project={project}"
        return self._quietly("ps", "-q", label, *states).split()

    def _quietly(self, *arguments: str) -> str:
        # A container may end between the two questions.
        return subprocess.run(
            ["podman", *arguments], env=self.environment, capture_output=True, text=True, check=False
        ).stdout


def kept_folder() -> Path:
    """Where images and layers stay for the next run."""
    return cache_folder() / "containers"


@contextmanager
def alone(folder: Path) -> Iterator[Podman]:
    """One run at a time has it, whichever cache it keeps; nothing is left of one that was killed.

    A leftover container would be started again for ever, and its networks’ names would lead to where they
    were: the engine adds to what it finds of them.
    """
    with cache.exclusive(RUN_FOLDER):
        kept, before = kept_folder(), RUN_FOLDER / "kept"
        folders = {Path(before.read_text(encoding="utf-8"))} if before.exists() else set()
        for each in sorted(folders | {kept}):
            if each.is_dir():
                Podman(folder, each).remove_leftovers()
        for names in _NAMES.glob(f"{NAME}_*"):
            names.unlink()
        before.write_text(str(kept), encoding="utf-8")
        yield Podman(folder, kept)


def _hold_bridges() -> None:
    """A bridge is given for good the address of the Ethernet that it has.

    Of itself it has the lowest of its containers': with a container that dies it changes, and for many
    seconds the others send what they ask of the name server to the one before. Docker gives one.
    """
    for assigned in Path("/sys/class/net").glob(_BRIDGES):
        try:
            if assigned.read_text(encoding="ascii").strip() != _GIVEN:
                with socket.socket() as any_socket:
                    asked = struct.pack(f"{_IFREQ_BYTES}s", assigned.parent.name.encode())
                    fcntl.ioctl(any_socket, _SIOCSIFHWADDR, fcntl.ioctl(any_socket, _SIOCGIFHWADDR, asked))
        except OSError:
            continue  # its last container has just ended


def _require() -> None:
    missing = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        install = [f"install {' '.join(missing)} (Debian’s names)"] if missing else []
        as_root = [] if os.geteuid() == 0 else ["run the tests as root"]
        raise StackError(
            "no Docker engine answers, and podman cannot stand in for it: "
            f"{' and '.join([*install, *as_root])}, or start Docker"
        )
