"""Keycloak's distribution: fetched by Maven, verified, kept in the cache."""

from __future__ import annotations

from pathlib import Path

from stack import cache, fingerprint, tools
from stack.errors import ProgramError, StackError
from stack.progress import Say, step
from stack.settings import Release

#: The version is pinned: other versions of the plugin ask for the artifact's .pom, which does not exist.
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_ADVICE = (
    "check the network, the free disk space and the Maven mirror that your settings.xml names, then try again"
)


def distribution(folder: Path, release: Release, say: Say) -> Path:
    """The verified `tar.gz` of this Keycloak in the cache folder, fetched where it is not there yet.

    Call it while holding the cache's lock. What does not match its checksum is removed and fetched once more.
    So is what Maven fails to bring. Raises StackError where that does not match either.
    """
    kept = folder / release.archive
    if kept.exists():
        if fingerprint.of_file(kept) == release.sha256:
            return kept
        say(f"{kept} does not match its checksum: removed")
        kept.unlink()
    for attempt in (1, 2):
        with cache.scratch(folder) as made:
            try:
                with step(say, f"Keycloak {release.version}: fetching 176 MB with Maven"):
                    _fetch(made, release, fresh=attempt == 2)
            except ProgramError as error:
                if attempt == 2:
                    raise StackError(f"{error}\nTried twice: {_ADVICE}") from error
                say(f"{error}\nTrying once more")
                continue
            fetched = made / release.archive
            if fetched.exists() and fingerprint.of_file(fetched) == release.sha256:
                fetched.rename(kept)
                return kept
        say("what Maven brought is cut short or altered (its SHA-256 differs): removed")
    raise StackError(
        f"Keycloak {release.version} was fetched twice and its SHA-256 is not {release.sha256}: {_ADVICE}"
    )


def _fetch(target: Path, release: Release, *, fresh: bool) -> None:
    # A second attempt must not be served the damaged file again from Maven's own repository.
    elsewhere = [f"-Dmaven.repo.local={target / 'repository'}"] if fresh else []
    tools.maven(
        [
            _COPY,
            f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{release.version}:tar.gz",
            "-Dtransitive=false",
            f"-DoutputDirectory={target}",
            *elsewhere,
        ],
        purpose=f"fetching Keycloak {release.version}",
    )
