"""The project of docker-compose.yml, by Docker where it answers, else by podman; its images ahead of time."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import cache
from stack.ports import Ports
from stack.progress import Printer, Say, quiet
from tests.containers.images import Images
from tests.containers.podman import NAME, Podman, alone, kept_folder
from tests.containers.project import Project
from tests.support.checkout import checkout


@contextmanager
def project(folder: Path, ports: Ports) -> Iterator[Project]:
    """In a clone, its images built, ready to be brought up; nothing is there that a killed run has left."""
    clone = checkout(folder / "clone")
    if _docker_answers():
        with cache.exclusive(kept_folder()):
            made = Project(NAME, clone, ports, ("docker", "compose"), os.environ)
            made.build()
            made.down("--volumes")
            yield made
        return
    with alone(folder) as podman:
        environment = _with_images(podman, folder, clone, ports, Printer())
        with podman.serving(), podman.tending(NAME):
            yield Project(NAME, clone, ports, podman.compose, environment, absent=("grafana",))


def make_images_ahead() -> None:
    """Those that podman needs, kept for `project`, which waits for it. Raises as that does."""
    if _docker_answers():
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with alone(folder) as podman:
            _with_images(podman, folder, checkout(folder / "clone"), Ports.free(), quiet)


def _with_images(podman: Podman, folder: Path, clone: Path, ports: Ports, say: Say) -> dict[str, str]:
    """The environment of Compose, once all the images that it names are there."""
    images = Images(podman, folder, say)
    environment = {**podman.environment, **images.substitutes()}
    read = Project(NAME, clone, ports, podman.compose, environment).settled()["services"]
    images.build(read)
    environment["MAILPIT_IMAGE"] = images.mailpit(environment["PYTHON_IMAGE"])
    return environment


def _docker_answers() -> bool:
    try:
        asked = subprocess.run(["docker", "info"], capture_output=True, check=False)
        return (
            asked.returncode == 0
            and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
            == 0
        )
    except FileNotFoundError:
        return False
