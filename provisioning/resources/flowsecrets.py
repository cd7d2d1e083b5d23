"""Settings of executions that Keycloak masks: the declared secrets, and every name that no provider describes
(StripSecretsUtils.stripAuthenticatorConfig)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from provisioning import fingerprint
from provisioning.nodes import MASK, hidden, secrets_in
from provisioning.observed import Observed
from provisioning.problems import ProvisioningError
from provisioning.reader import NotFoundError, Reader, segment
from provisioning.resources.flowtree import Add, Configure, Edit, Execution, Flow

PLACE = "authenticatorConfig"


def read_masked(flows: Iterable[Flow], observed: Observed, reader: Reader) -> None:
    """Which of the settings that are new to the realm it will mask: one call for each provider that has some.
    Found out only once they are there, they would need a second round."""
    there = {each.get("alias"): each.get("config") or {} for each in observed.list_of(PLACE)}
    new: dict[str, set[str]] = {}
    for step in (step for flow in flows for level in flow.levels() for step in level.executions):
        names = {name for name in step.config if name not in there.get(step.config_alias, {})}
        if names and step.authenticator:
            new.setdefault(step.authenticator, set()).update(names)
    for provider, names in new.items():
        observed.masked_settings |= names - _described(provider, observed, reader)


def _described(provider: str, observed: Observed, reader: Reader) -> set[str]:
    path = f"/{segment(observed.realm)}/authentication/config-description/{segment(provider)}"
    try:
        properties = reader.get(path).get("properties") or []
    except NotFoundError:
        return set()
    return {each["name"] for each in properties if not each.get("secret")}


def kept(steps: Iterable[Edit], observed: Observed) -> dict[str, str]:
    """Fingerprints of what these edits write and Keycloak masks."""
    written = [each.execution for each in steps if isinstance(each, Add)]
    written += [_as_masked(each) for each in steps if isinstance(each, Configure)]
    return kept_of(written, observed)


def kept_of(executions: Iterable[Execution], observed: Observed) -> dict[str, str]:
    """The same for all the settings of these executions and below."""
    return dict(_fingerprints(executions, observed.masked_settings))


def _fingerprints(executions: Iterable[Execution], masked: Collection[str]) -> Iterator[tuple[str, str]]:
    for execution in executions:
        for key, secret in secrets_in(_hidden(execution, masked).config).items():
            place = f"{PLACE}.{execution.config_alias}.{key}"
            yield fingerprint.attribute(place), fingerprint.make(place, secret)
        if execution.flow:
            yield from _fingerprints(execution.flow.executions, masked)


def _hidden(execution: Execution, masked: Collection[str]) -> Execution:
    """The execution with the settings of these names as secrets, whatever they were declared as."""
    config = {
        key: hidden(value) if key in masked and isinstance(value, str) else value
        for key, value in execution.config.items()
    }
    return replace(execution, config=config)


def _as_masked(step: Configure) -> Execution:
    masked = {key for key, value in step.before.config.items() if value == MASK}
    return replace(_hidden(step.after, masked), flow=None)


def refuse_lost(name: str, steps: Iterable[Edit]) -> None:
    """Keycloak replaces all settings of an execution at once, and a mask is never sent back."""
    for step in (each for each in steps if isinstance(each, Configure)):
        masked = [key for key, value in step.before.config.items() if value == MASK]
        lost = [key for key in masked if key not in step.after.config and key not in step.after.dropped]
        if lost and step.before.config_alias == step.after.config_alias:
            raise ProvisioningError(
                f"authentication flow {name}: {step.after.step}.{lost[0]}: the realm has one that cannot be"
                " read, and Keycloak replaces all settings at once: declare it as"
                f" `{lost[0]}: !secret NAME`, or `{lost[0]}: null` to drop it"
            )
