"""Keycloak as a part of the stack."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from stack import distribution, http, runtime
from stack.membership import ALONE, Membership
from stack.ports import Ports
from stack.settings import (
    HOST,
    KEYCLOAK,
    KEYCLOAK_COMPILATION,
    KEYCLOAK_HEAP,
    PASSWORD_BLOCKLISTS,
    THEMES,
    Release,
)

ADMIN_USERNAME = "admin"
#: Categories of Keycloak’s log that are given less than all others, in the words of its option log-level.
QUIETER = (
    # Its own record of each readiness question, several a second while it starts, is noise.
    "io.smallrye.health:error",
    # Names the customer whenever a page of an account with several consents is shown.
    "org.keycloak.forms.login.freemarker.model.ProfileBean:error",
)
_READY_SECONDS = 300.0


class Keycloak:
    """One Keycloak in a folder of its own, with its embedded database or as a node among others.

    `url` is the public address, as browsers use it; `log` what it prints; `access_log` its requests, one a
    line in the common log format; `database` the folder of the embedded database; `options_environment` more
    of its environment, options as KC_…; `port` where it listens and `health_url` tells whether it is ready.
    """

    admin_username = ADMIN_USERNAME

    def __init__(
        self,
        folder: Path,
        log: Path,
        ports: Ports,
        admin_password: str,
        *,
        theme_cache: bool = True,
        membership: Membership | None = None,
        release: Release = KEYCLOAK,
    ) -> None:
        self.url = membership.public_url if membership else f"http://localhost:{ports.keycloak}"
        self.port = ports.keycloak
        self.health_url = f"http://{HOST}:{ports.management}/health/ready"
        self.admin_password = admin_password
        self.release = release
        self.access_log = folder / "data" / "log" / "keycloak-http-access.log"
        self.database = folder / "data" / "h2"
        self.process = runtime.keycloak(log, folder, release)
        self.log = log
        self._folder = folder
        self._vault = folder.parent / "vault"
        self._ports = ports
        self._theme_cache = theme_cache
        self._store = membership.options() if membership else ALONE
        self.options_environment: dict[str, str] = {}
        self._environment: dict[str, str] = {}

    def prepare(self, origin: Path, environment: Mapping[str, str], vault: Mapping[str, str]) -> None:
        """Make its folder from the built distribution `origin`.

        `environment` is what the extension reads from it; `vault` names and contents of the vault's files.
        """
        distribution.instantiate(origin, self._folder)
        self._vault.mkdir(parents=True, exist_ok=True)
        self._vault.chmod(0o700)
        for name, value in vault.items():
            (self._vault / name).write_text(value, encoding="utf-8")
        self._environment = dict(environment)
        # Keycloak makes it at the first request: readers need not care.
        self.access_log.parent.mkdir(parents=True, exist_ok=True)
        self.access_log.touch()

    def start(self, *, wait: bool = True) -> None:
        """Start it; unless told otherwise, return when it answers. Raises StackError with the log's end."""
        self.process.start(["start", "--optimized", *self._options()], self._variables())
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return when it answers. Raises StackError with the log's end."""
        self.process.wait_until(self.is_ready, _READY_SECONDS)

    def is_ready(self) -> bool:
        """Whether it serves requests: before, it answers them with 503."""
        return http.answers(self.health_url)

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def kill(self) -> None:
        """`kill -9`: what is not committed is lost, as in a power cut."""
        self.process.kill()

    def restart(self) -> None:
        """Stop, start, and wait until it answers."""
        self.stop()
        self.start()

    def _options(self) -> list[str]:
        cached = "true" if self._theme_cache else "false"
        return [
            "--http-enabled=true",
            f"--http-host={HOST}",
            f"--http-port={self._ports.keycloak}",
            f"--http-management-port={self._ports.management}",
            f"--hostname={self.url}",
            *self._store,
            f"--vault-dir={self._vault}",
            f"--spi-theme--folder--dir={THEMES}",
            f"--spi-password-policy--password-blacklist--blacklists-path={PASSWORD_BLOCKLISTS}",
            f"--spi-theme--cache-themes={cached}",
            f"--spi-theme--cache-templates={cached}",
            *([] if self._theme_cache else ["--spi-theme--static-max-age=-1"]),
            f"--log-level={','.join(('info', *QUIETER))}",
            "--http-access-log-enabled=true",
            "--http-access-log-file-enabled=true",
            "--http-access-log-file-rotate=false",
        ]

    def _variables(self) -> dict[str, str]:
        appended = (*KEYCLOAK_COMPILATION, os.environ.get("JAVA_OPTS_APPEND", ""))
        return {
            **self._environment,
            "JAVA_OPTS_APPEND": " ".join(appended).strip(),
            **self.options_environment,
            "JAVA_OPTS_KC_HEAP": os.environ.get("JAVA_OPTS_KC_HEAP", KEYCLOAK_HEAP),
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN_USERNAME,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.admin_password,
        }
