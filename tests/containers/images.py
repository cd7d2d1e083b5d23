"""Our images from their Dockerfiles, and what stands in for official ones where no registry is reachable."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from stack import distribution, fingerprint
from stack.progress import Say, step
from stack.settings import KEYCLOAK, REPOSITORY
from tests.containers.podman import Podman

_SUBSTITUTES = Path(__file__).with_name("substitutes")
#: One Debian for all of them: each is a thin layer on it.
_PACKAGES = (
    "ca-certificates",
    "python3-venv",
    "default-jdk-headless",
    "maven",
    "postgresql",
    "caddy",
    "prometheus",
    # The official images of the last two have it for their health checks.
    "wget",
)
_BOOTSTRAP = (
    "--variant=minbase",
    '--aptopt=APT::Install-Recommends "false"',
    "--dpkgopt=force-unsafe-io",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    # Java's scripts link their manual pages there.
    '--essential-hook=mkdir -p "$1/usr/share/man/man1"',
    f"--include={','.join(_PACKAGES)}",
)
#: What `stack.mailbox` imports beside the standard library, and what that imports.
_MAILBOX_NEEDS = ("aiosmtpd", "public", "attr")
#: The machine's own certificates, for package registries behind a proxy of its own.
_CERTIFICATES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/ssl/certs/java/cacerts"))


class Images:
    """Made where they are not there yet; named by what they are made from."""

    def __init__(self, podman: Podman, folder: Path, say: Say) -> None:
        self._podman, self._folder, self._say = podman, folder, say

    def substitutes(self) -> dict[str, str]:
        """What docker-compose.yml takes in the place of official images, by the names of its variables."""
        debian = self._debian()
        with ThreadPoolExecutor() as pool:
            keycloak = pool.submit(self._keycloak, debian)
            python = pool.submit(self._substitute, "python", DEBIAN=debian)
            postgres = pool.submit(self._substitute, "postgres", DEBIAN=debian)
            prometheus = pool.submit(self._substitute, "prometheus", DEBIAN=debian)
            return {
                "MAVEN_IMAGE": debian,
                "CADDY_IMAGE": debian,
                # Debian's Caddy is of before 2.7.
                "REQUEST_BUFFERS": "buffer_requests",
                "KEYCLOAK_IMAGE": keycloak.result(),
                "PYTHON_IMAGE": python.result(),
                "POSTGRES_IMAGE": postgres.result(),
                "PROMETHEUS_IMAGE": prometheus.result(),
            }

    def build(self, services: dict[str, Any]) -> None:
        """What docker-compose.yml builds, from its own words, with this machine's way to its registries."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._build, [each for each in services.values() if "build" in each]))

    def mailpit(self, python: str) -> str:
        """Mailpit's place is taken by the mailbox of `make run`, with the packages that it has here."""
        context = self._folder / "mailbox"
        for package in ("stack", *_MAILBOX_NEEDS):
            origin = importlib.util.find_spec(package)
            assert origin and origin.submodule_search_locations, package
            shutil.copytree(origin.submodule_search_locations[0], context / package, dirs_exist_ok=True)
        shutil.copy2(_SUBSTITUTES / "mailpit.sh", context)
        return self._substitute(
            "mailpit", context, fingerprint.of_sources(REPOSITORY / "stack"), PYTHON=python
        )

    def _build(self, service: dict[str, Any]) -> None:
        build = service["build"]
        volumes = [f"{path}:{path}:ro" for path in _CERTIFICATES if path.exists()]
        volumes += [f"{self._pip_configuration()}:/etc/pip.conf:ro"]
        repository = Path.home() / ".m2"
        repository.mkdir(exist_ok=True)
        # The build runs as root, whose home is where Maven looks.
        volumes += [f"{repository}:{Path('~root').expanduser() / '.m2'}"]
        with step(self._say, f"image {service['image']}: building"):
            self._podman.run(
                "build",
                "--network=host",
                "--format=docker",
                f"--file={Path(build['context'], build['dockerfile'])}",
                f"--tag={service['image']}",
                *(f"--volume={volume}" for volume in volumes),
                *(f"--build-arg={name}={value}" for name, value in build["args"].items()),
                build["context"],
            )

    def _debian(self) -> str:
        release = platform.freedesktop_os_release()["VERSION_CODENAME"]
        name = f"localhost/substitute-debian:{fingerprint.of_text(release, *_BOOTSTRAP)[:16]}"
        if not self._exists(name):
            with step(self._say, f"containers: a Debian {release} to build on (about a minute)"):
                self._bootstrap(release, name)
        return name

    def _bootstrap(self, release: str, name: str) -> None:
        apt = Path("/etc/apt")
        sources = [*apt.glob("sources.list"), *apt.glob("sources.list.d/debian*")]
        log = self._folder / "mmdebstrap.log"
        with (
            log.open("wb") as heard,
            subprocess.Popen(
                ["mmdebstrap", *_BOOTSTRAP, release, "-", *map(str, sources)],
                stdout=subprocess.PIPE,
                stderr=heard,
            ) as made,
        ):
            change = "--change=ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            imported = subprocess.run(
                ["podman", "import", change, "-", f"{name}-unfinished"],
                env=self._podman.environment,
                stdin=made.stdout,
                stdout=heard,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert made.returncode == 0 == imported.returncode, log.read_text(encoding="utf-8")[-3000:]
        self._podman.run("tag", f"{name}-unfinished", name)

    def _keycloak(self, debian: str) -> str:
        published = distribution.unpacked(self._say)
        return self._substitute("keycloak", published, KEYCLOAK.sha256, DEBIAN=debian)

    def _substitute(self, which: str, context: Path = _SUBSTITUTES, *content: str, **arguments: str) -> str:
        made_from = fingerprint.of_text(fingerprint.of_sources(_SUBSTITUTES), *content, *arguments.values())
        name = f"localhost/substitute-{which}:{made_from[:16]}"
        if not self._exists(name):
            with step(self._say, f"containers: {which}"):
                self._podman.run(
                    "build",
                    "--network=host",
                    "--format=docker",
                    f"--file={_SUBSTITUTES / which}.Dockerfile",
                    f"--tag={name}",
                    *(f"--build-arg={key}={value}" for key, value in arguments.items()),
                    str(context),
                )
        return name

    def _exists(self, name: str) -> bool:
        return bool(self._identity(name))

    def _identity(self, name: str) -> str:
        """The hash of its content; "" where there is none of that name."""
        return self._podman.run("images", "--quiet", "--no-trunc", name).strip().rpartition("\n")[2]

    def _pip_configuration(self) -> Path:
        """How this machine's pip finds its packages, for the pip in a container."""
        listed = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        settings = dict(line.split("=", 1) for line in listed.splitlines())
        # An option may be in a file and in the environment too.
        options = {name.rpartition(".")[2]: value[1:-1] for name, value in settings.items()}
        lines = [f"{name} = {value}" for name, value in options.items()]
        configuration = self._folder / "pip.conf"
        configuration.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
        return configuration
