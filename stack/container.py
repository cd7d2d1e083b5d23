"""A server in a container that testcontainers starts, with the network of this machine.

So ports and addresses are those of a process here, and tests see no difference. Its end, however it comes,
takes the container away; where the one who started it is killed, testcontainers' own watcher (Ryuk) does.
testcontainers is a development requirement: nothing of `make run` comes here.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, DockerException
from requests import RequestException
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.labels import create_labels

from stack.errors import StackError
from stack.server import STOP_SECONDS, Server

if TYPE_CHECKING:
    from docker.models.containers import Container as Engine


@dataclass(frozen=True)
class Image:
    """What a container is made from.

    name      the image
    variable  the environment variable that chooses another one
    """

    name: str
    variable: str


@dataclass(frozen=True)
class Mount:
    """A folder of this machine, or a volume's name, and where the container has it."""

    origin: Path | str
    place: str
    mode: str = "ro"


class Container(Server):
    """One container for each start; `user` is whom the image's entry point runs as, "" for the image's own.

    `temporary` folders are its own, in memory. The command is what the image's entry point is given; of this
    machine's environment it gets nothing.
    """

    def __init__(
        self,
        name: str,
        log: Path,
        image: Image,
        mounts: Sequence[Mount],
        user: str,
        ending: signal.Signals = signal.SIGTERM,
        temporary: Sequence[str] = (),
    ) -> None:
        super().__init__(name, log, ending)
        self._temporary = temporary
        self._image = image
        self._mounts = mounts
        self._user = user
        self._engine: Engine | None = None
        self._follower: threading.Thread | None = None
        self._exit_code: int | None = None

    @property
    def pid(self) -> int | None:
        if self._engine is None or not self.running:
            return None
        self._engine.reload()
        return int(self._engine.attrs["State"]["Pid"])

    @property
    def running(self) -> bool:
        return self._follower is not None and self._follower.is_alive()

    @property
    def exit_code(self) -> int | None:
        return None if self.running else self._exit_code

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        made = DockerContainer(self._image.name).with_command(list(command)).with_envs(**environment)
        for mount in self._mounts:
            made.with_volume_mapping(mount.origin, mount.place, mount.mode)
        for place in self._temporary:
            made.with_tmpfs_mount(place)
        made.with_kwargs(
            network_mode="host",
            user=self._user,
            # What belongs to the image is its group's, root's, as the images for Kubernetes have it.
            group_add=["0"],
            # SELinux keeps containers from folders of this machine that are not marked for them.
            security_opt=["label=disable"],
        )
        try:
            made.start()
        except (DockerException, RequestException, OSError, RuntimeError) as error:
            with suppress(DockerException, RequestException):
                made.stop()
            raise StackError(
                f"{self.name} cannot be started from the image {self._image.name}: {error}. Choose an image "
                f"that can be had ({self._image.variable}=…), or do without containers (TEST_SERVERS=plain)"
            ) from error
        self._exit_code = None
        self._engine = made.get_wrapped_container()
        self._follower = threading.Thread(target=self._follow, args=(made, self._engine), daemon=True)
        self._follower.start()

    def send(self, number: signal.Signals) -> None:
        if self._engine is not None and self.running:
            # It may end between the question and the signal.
            with suppress(APIError):
                self._engine.kill(signal=number.name)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        if self._follower is None:
            return
        self._follower.join(seconds)
        if self.running:
            self.kill()

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self._follower is not None:
            self._follower.join()

    def _follow(self, made: DockerContainer, engine: Engine) -> None:
        """Write down what it prints until it ends, then how it ended, and take it away."""
        with self.log.open("ab", buffering=0) as log:
            for printed in engine.logs(stream=True, follow=True):
                log.write(printed)
        self._exit_code = int(engine.wait()["StatusCode"])
        made.stop()


class Volume:
    """What a server keeps between its containers; taken away with `remove`, or by Ryuk."""

    def __init__(self) -> None:
        self._volume = DockerClient().client.volumes.create(labels=create_labels("", None))
        self.name = str(self._volume.name)

    def remove(self) -> None:
        """Its data are gone."""
        self._volume.remove(force=True)


def myself(rootless: bool) -> str:
    """Who in a container has this user's rights on this machine's files."""
    return "0:0" if rootless else f"{os.getuid()}:{os.getgid()}"
