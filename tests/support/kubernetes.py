"""Whether Kubernetes, or Keycloak's operator, would take an object; and what is in one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import yaml

from stack.settings import REPOSITORY

BASE = REPOSITORY / "kubernetes" / "base"
Object = dict[str, Any]
_VERSION = "1.37"

#: Of org.keycloak.operator.crds.v2beta1.deployment.KeycloakSpec (since Keycloak 26.6).
_PEER = {"namespaceSelector": {"matchLabels": ...}, "podSelector": {"matchLabels": ...}}
_KEY = {"name": str, "key": str}
_KEYCLOAK: dict[str, Any] = {
    "instances": int,
    "image": str,
    "startOptimized": bool,
    "update": {"strategy": str, "revision": str},
    "bootstrapAdmin": {"user": {"secret": str}, "service": {"secret": str}},
    "db": {
        "vendor": str,
        "host": str,
        "port": int,
        "database": str,
        "schema": str,
        "url": str,
        "poolInitialSize": int,
        "poolMinSize": int,
        "poolMaxSize": int,
        "usernameSecret": _KEY,
        "passwordSecret": _KEY,
    },
    "hostname": {"hostname": str, "admin": str, "strict": bool, "backchannelDynamic": bool},
    "http": {"httpEnabled": bool, "httpPort": int, "httpsPort": int, "tlsSecret": str},
    "proxy": {"headers": str},
    "truststores": {"customer-codes": {"secret": {"name": str}}},
    "ingress": {"enabled": bool},
    "networkPolicy": {"enabled": bool, "http": [_PEER], "https": [_PEER], "management": [_PEER]},
    "additionalOptions": [{"name": str, "value": str, "secret": _KEY}],
    "resources": {"requests": ..., "limits": ...},
    "automountServiceAccountToken": bool,
    "unsupported": {"podTemplate": ...},
}


def declared() -> list[Object]:
    """Every object of kubernetes/base, as it stands there."""
    files = [path for path in sorted(BASE.glob("*.yaml")) if path.name != "kustomization.yaml"]
    return [one for path in files for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def require_taken(one: Object) -> None:
    """Raise ValidationError for a field that Kubernetes does not know or that has another type.

    AssertionError for one of a Keycloak that its operator does not know.
    """
    if one["kind"] != "Keycloak":
        kubernetes_validate.validate(one, _VERSION, strict=True)
        return
    assert one["apiVersion"] == "k8s.keycloak.org/v2beta1"
    wrong = list(_unknown(one["spec"], _KEYCLOAK))
    assert not wrong, ", ".join(wrong)
    pod = one["spec"]["unsupported"]["podTemplate"]["spec"]
    kubernetes_validate.validate(_as_deployment(pod), _VERSION, strict=True)


def given_to(pod: Object) -> dict[str, Object]:
    """The environment of a pod's containers, by name."""
    return {each["name"]: each for container in pod["containers"] for each in container.get("env", [])}


def _as_deployment(pod: Object) -> Object:
    """A pod template as the operator completes it, in an object that has a schema."""
    whole = copy.deepcopy(pod)
    for container in whole["containers"]:
        container.setdefault("name", "keycloak")
    labels = {"app": "keycloak"}
    template = {"metadata": {"labels": labels}, "spec": whole}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "keycloak"}, "spec": spec}


def _unknown(value: Any, known: Any, path: str = "spec") -> Iterator[str]:
    """The fields of a Keycloak that its operator does not know, or that have another type."""
    if known is ...:
        return
    if isinstance(known, dict) and isinstance(value, dict):
        for name, child in value.items():
            if name not in known:
                yield f"{path}.{name}"
            else:
                yield from _unknown(child, known[name], f"{path}.{name}")
    elif isinstance(known, list) and isinstance(value, list):
        for number, child in enumerate(value):
            yield from _unknown(child, known[0], f"{path}[{number}]")
    elif not (isinstance(known, type) and type(value) is known):
        yield f"{path} is {value!r}"
