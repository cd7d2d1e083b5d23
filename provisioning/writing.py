"""A configuration as files, one concern each, as a person would lay them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from provisioning.nodes import Json
from provisioning.problems import ProvisioningError
from provisioning.reduced import Masked

_FILES = {
    "authentication": "authenticationFlows authenticatorConfig requiredActions",
    "client-policies": "clientProfiles clientPolicies",
    "client-scopes": "clientScopes defaultDefaultClientScopes defaultOptionalClientScopes",
    "clients": "clients users",
    "components": "components",
    "groups": "groups defaultGroups",
    "identity-providers": "identityProviders identityProviderMappers",
    "organizations": "organizations",
    "roles": "roles defaultRoles scopeMappings clientScopeMappings",
    "user-profile": "userProfile",
    "workflows": "workflows",
}
_FILE_OF = {field: file for file, names in _FILES.items() for field in names.split()}
_SECRET, _LATER = "!secret", "!later"
_QUOTED = re.compile(rf"({_SECRET}|{_LATER}) '(\w+)'$", re.MULTILINE)
_COMMENTED = re.compile(rf"^(\s*)([^#\n]*): {_LATER} (\w+)$", re.MULTILINE)
_WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """YAML without anchors: a repeated value is repeated."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand two columns in, below their key."""
        super().increase_indent(flow, False)


class _Tagged(str):
    """A scalar with a tag."""

    tag: str

    def __new__(cls, tag: str, value: str) -> _Tagged:
        made = super().__new__(cls, value)
        made.tag = tag
        return made


_Dumper.add_representer(_Tagged, lambda dumper, value: dumper.represent_scalar(value.tag, str(value)))


class Files:
    """The texts of a folder by path; `secrets` are the names to set, by place, `later` those to declare once
    their values are known."""

    def __init__(
        self, configuration: Mapping[str, Any], known: Iterable[tuple[str, ...]], title: str
    ) -> None:
        self.secrets: dict[tuple[str, ...], str] = {}
        self.later: dict[tuple[str, ...], str] = {}
        self._known = frozenset(known)
        self.texts = dict(self._laid_out(configuration, title))

    def write(self, folder: Path) -> None:
        """Write them into a folder that is new or empty. Raises ProvisioningError."""
        try:
            if folder.exists() and any(folder.iterdir()):
                raise ProvisioningError(f"{folder} is not empty: give a new folder")
            for name, text in self.texts.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ProvisioningError(f"cannot write to {folder}: {error.strerror}") from error

    def _laid_out(self, configuration: Mapping[str, Any], title: str) -> Iterable[tuple[str, str]]:
        files: dict[str, dict[str, Json]] = {}
        for field, value in configuration.items():
            if field == "localizationTexts":
                files.update({f"localization/{locale}": texts for locale, texts in value.items()})
            else:
                files.setdefault(_FILE_OF.get(field, "realm"), {})[field] = value
        for name in sorted(files):
            header = f"# {title}\n" if name == "realm" else ""
            yield f"{name}.yaml", header + self._text(files[name])

    def _text(self, value: Json) -> str:
        text = yaml.dump(
            self._tagged(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
        )
        return _COMMENTED.sub(rf"\1# \2: {_SECRET} \3", _QUOTED.sub(r"\1 \2", text))

    def _tagged(self, value: Json) -> Json:
        if isinstance(value, Masked):
            return self._reference(value.path)
        if isinstance(value, dict):
            # A mapping of comments alone would be null, which means something: it is left out.
            kept = {key: child for key, child in value.items() if not self._all_later(child)}
            return {key: self._tagged(child) for key, child in kept.items()}
        return [self._tagged(child) for child in value] if isinstance(value, list) else value

    def _all_later(self, value: Json) -> bool:
        hidden = isinstance(value, dict) and value and all(self._is_later(each) for each in value.values())
        for child in value.values() if hidden else ():
            self._reference(child.path)
        return bool(hidden)

    def _is_later(self, value: Json) -> bool:
        return isinstance(value, Masked) and value.path not in self._known

    def _reference(self, path: tuple[str, ...]) -> _Tagged:
        names = self.secrets if path in self._known else self.later
        taken = {*self.secrets.values(), *self.later.values()}
        name = _variable(path)
        while name in taken:
            name += "_2"
        names[path] = name
        return _Tagged(_SECRET if path in self._known else _LATER, name)


def _variable(path: tuple[str, ...]) -> str:
    """The object's name and the field's, as SHOP_SECRET or SMTP_SERVER_PASSWORD."""
    said = [part for part in path if part != "config"][-2:]
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", "_".join(said))
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()
