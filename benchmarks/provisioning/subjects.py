"""What is measured: our command as a process, and the peers with the same file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.provisioning import accesslog, kaji
from benchmarks.running import BenchmarkError, plain_environment
from stack.administrator import Administrator
from stack.keycloak import Keycloak
from stack.provision import ENTRY

_PAGE = 250


@dataclass(frozen=True)
class Figure:
    """Wall-clock seconds of a whole process (or of one request), its calls, and its memory in megabytes."""

    seconds: float
    calls: int = 0
    megabytes: float = 0.0


def many(roles: int, groups: int, clients: int) -> dict[str, Any]:
    """A RealmRepresentation without a name: plain roles, groups of one role each, public clients."""
    return {
        "enabled": True,
        "displayName": "Many",
        "roles": {"realm": [{"name": f"role-{n}", "description": f"Role {n}"} for n in range(roles)]},
        "groups": [{"name": f"group-{n}", "realmRoles": [f"role-{n % roles}"]} for n in range(groups)],
        "clients": [
            {
                "clientId": f"client-{n}",
                "name": f"Client {n}",
                "publicClient": True,
                "redirectUris": [f"https://client-{n}.example.org/*"],
            }
            for n in range(clients)
        ],
    }


class Workbench:
    """One Keycloak, a folder for files, and everybody's way to work on a realm."""

    def __init__(self, keycloak: Keycloak, folder: Path) -> None:
        self.keycloak, self.folder = keycloak, folder
        self.admin = Administrator(keycloak)

    def ours(self, command: str, realm: str, content: dict[str, Any]) -> Figure:
        """Our command with this configuration. Raises BenchmarkError where it fails."""
        line = self._apply(realm, content) if command == "apply" else self._command(command, realm, content)
        return self._measured(line, {0, 2} if command == "plan" else {0})

    def _apply(self, realm: str, content: dict[str, Any]) -> list[str]:
        return [*self._command("apply", realm, content), "--allow", "all"]

    def _command(self, command: str, realm: str, content: dict[str, Any]) -> list[str]:
        file = self.folder / f"{realm}.json"
        file.write_text(json.dumps({**content, "realm": realm}), encoding="utf-8")
        return [sys.executable, "-c", ENTRY, command, "--config", str(file)]

    def killed(self, realm: str, content: dict[str, Any], share: float) -> Figure:
        """An apply that is killed outright once this share of its chunks is made."""
        line, began = self._apply(realm, content), time.perf_counter()
        process = subprocess.Popen(
            line, env={**os.environ, **self._login()}, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        objects = sum(len(content[name]) for name in ("clients", "groups")) + len(content["roles"]["realm"])
        made = 0
        for told in process.stdout or ():
            made += int((re.match(r"create (\d+) ", told) or ["", "0"])[1])
            if made >= share * objects:
                process.kill()
                break
        process.wait()
        return Figure(time.perf_counter() - began)

    def one_post(self, realm: str, content: dict[str, Any]) -> Figure:
        """Keycloak's own import of the same file in one call."""
        began = time.perf_counter()
        answer = self.admin.request("POST", "", json={**content, "realm": realm})
        answer.raise_for_status()
        return Figure(time.perf_counter() - began, 1)

    def kcadm(self, realm: str, content: dict[str, Any]) -> Figure:
        """kcadm.sh of the distribution: a login, and a partial import of the same roles, groups and clients.
        It needs `path` in groups, and skips what is there."""
        groups = [{**group, "path": f"/{group['name']}"} for group in content["groups"]]
        body = {**content, "groups": groups, "ifResourceExists": "SKIP"}
        file = self.folder / f"{realm}-partial.json"
        file.write_text(json.dumps(body), encoding="utf-8")
        config = self.folder / "kcadm.config"
        program = str(self.keycloak.access_log.parents[2] / "bin" / "kcadm.sh")
        login = [program, "config", "credentials", "--config", str(config), "--server", self.keycloak.url]
        login += ["--realm", "master", "--user", self.keycloak.admin_username]
        login += ["--password", self.keycloak.admin_password]
        work = [program, "create", "partialImport", "--config", str(config), "-r", realm, "-f", str(file)]
        first, second = self._measured(login, {0}), self._measured(work, {0})
        return Figure(first.seconds + second.seconds, first.calls + second.calls)

    def kaji(self, command: str, realm: str, content: dict[str, Any]) -> Figure:
        """kaji's way with the same roles, groups and clients: a file each, and `drift` or `apply`."""
        folder = kaji.workspace(self.folder / "kaji", realm, content)
        own = {
            "KEYCLOAK_USER": self.keycloak.admin_username,
            "KEYCLOAK_CLIENT_ID": "admin-cli",
            "KEYCLOAK_TIMEOUT": "120",
        }
        return self._measured(kaji.line(command, realm, folder), {0}, own)

    def fastest_reading(self, realm: str) -> Figure:
        """The lists of clients, groups and roles in pages of 250 on two connections, and nothing else."""
        began = time.perf_counter()
        calls = sum(self._in_pages(realm, path) for path in ("clients?", "groups?", "roles?"))
        return Figure(time.perf_counter() - began, calls)

    def make(self, realm: str) -> None:
        """An empty realm."""
        self.remove(realm)
        self.admin.request("POST", "", json={"realm": realm, "enabled": True}).raise_for_status()

    def remove(self, realm: str) -> None:
        """No such realm any more."""
        self.admin.request("DELETE", f"/{realm}")

    def forget(self, realm: str) -> None:
        """Empty the server's caches of the realm: what follows is cold."""
        for cache in ("realm", "user"):
            self.admin.request("POST", f"/{realm}/clear-{cache}-cache").raise_for_status()

    def _in_pages(self, realm: str, path: str) -> int:
        readers = [Administrator(self.keycloak), Administrator(self.keycloak)]

        def read(number: int) -> int:
            read, first = 0, number * _PAGE
            while True:
                query = f"briefRepresentation=false&first={first}&max={_PAGE}"
                answer = readers[number].request("GET", f"/{realm}/{path}{query}")
                answer.raise_for_status()
                read, first = read + 1, first + 2 * _PAGE
                if len(answer.json()) < _PAGE:
                    return read

        with ThreadPoolExecutor(2) as threads:
            return sum(threads.map(read, range(2)))

    def _measured(self, line: list[str], fine: set[int], more: Mapping[str, str] | None = None) -> Figure:
        began_at = accesslog.mark(self.keycloak)
        environment = {**plain_environment(), **self._login(), **(more or {})}
        began = time.perf_counter()
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode not in fine:
            raise BenchmarkError(f"{line[3] if len(line) > 3 else line[0]}: {output.decode()[-2000:]}")
        return Figure(seconds, len(accesslog.calls(self.keycloak, began_at)), usage.ru_maxrss / 1024)

    def _login(self) -> dict[str, str]:
        return {
            "KEYCLOAK_URL": self.keycloak.url,
            "KEYCLOAK_USERNAME": self.keycloak.admin_username,
            "KEYCLOAK_PASSWORD": self.keycloak.admin_password,
        }
