"""kubernetes/ against Kubernetes' own schemas, the fields of Keycloak's operator, and what the parts ask for.

No cluster is here: that an API server takes each object is shown by its schema, strictly; that the parts are
told what they need, by docker-compose.yml and realm-config/, which have the same parts.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from stack.settings import REALM_CONFIG, REPOSITORY, realm_name

BASE = REPOSITORY / "kubernetes" / "base"
EXAMPLE = REPOSITORY / "kubernetes" / "example"
VERSION = "1.37"
Object = dict[str, Any]

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


def _objects(folder: Path = BASE) -> list[Object]:
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != "kustomization.yaml"]
    return [one for path in files for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def _one(kind: str, name: str) -> Object:
    [found] = [one for one in _objects() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def _pods() -> dict[str, Object]:
    """The specification of each pod, by the name of what makes it."""
    makers = [one for one in _objects() if one["kind"] in {"Deployment", "Job"}]
    pods = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in makers}
    return {**pods, "keycloak": _one("Keycloak", "keycloak")["spec"]["unsupported"]["podTemplate"]["spec"]}


def _validate(one: Object) -> None:
    """Raise ValidationError for a field that Kubernetes does not know or that has another type."""
    kubernetes_validate.validate(one, VERSION, strict=True)


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


@pytest.mark.parametrize(
    "one",
    [one for one in _objects() if one["kind"] != "Keycloak"],
    ids=lambda one: f"{one['kind']} {one['metadata']['name']}",
)
def test_every_object_is_one_that_kubernetes_takes(one: Object) -> None:
    _validate(one)


def test_the_keycloak_has_fields_of_the_operator_only_and_a_pod_that_kubernetes_takes() -> None:
    keycloak = _one("Keycloak", "keycloak")
    assert keycloak["apiVersion"] == "k8s.keycloak.org/v2beta1"
    assert list(_unknown(keycloak["spec"], _KEYCLOAK)) == []
    _validate(_as_deployment(_pods()["keycloak"]))


def test_a_misspelt_field_is_found_wherever_it_stands() -> None:
    deployment, keycloak = _one("Deployment", "customer-codes"), _one("Keycloak", "keycloak")
    deployment["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        _validate(deployment)
    keycloak["spec"]["db"]["poolMaximum"] = 40
    keycloak["spec"]["instances"] = "2"
    assert list(_unknown(keycloak["spec"], _KEYCLOAK)) == ["spec.instances is '2'", "spec.db.poolMaximum"]
    pod = keycloak["spec"]["unsupported"]["podTemplate"]["spec"]
    pod["containers"][0]["volumeMount"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        _validate(_as_deployment(pod))


def _kustomization(folder: Path) -> Object:
    found: Object = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    return found


def test_kustomize_is_given_every_file_and_changes_what_is_there() -> None:
    base, example = _kustomization(BASE), _kustomization(EXAMPLE)
    assert sorted(base["resources"]) == sorted(
        path.name for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml"
    )
    used = {container.get("image") for pod in _pods().values() for container in pod["containers"]}
    assert {image["name"] for image in example["images"]} == used - {None}
    for patch in example["patches"]:
        found = _one(patch["target"]["kind"], patch["target"]["name"])
        for change in yaml.safe_load(patch["patch"]):
            value: Any = found
            for name in change["path"].strip("/").split("/"):
                value = value[int(name)] if isinstance(value, list) else value[name]
            assert change["op"] == "replace"
            # Placed by number: not next to what is meant.
            assert type(value) is type(change["value"])
            assert "://" not in change["value"] or "://" in value


@pytest.mark.parametrize("name", ["customer-codes", "provisioning", "keycloak"])
def test_a_pod_has_no_rights_that_it_does_not_need(name: str) -> None:
    pod = _pods()[name]
    holder = _one("Keycloak", "keycloak")["spec"] if name == "keycloak" else pod
    assert holder["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        rights = {**pod.get("securityContext", {}), **container["securityContext"]}
        assert rights["runAsNonRoot"] is True
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
        # Keycloak writes its working files beside its programs.
        assert name == "keycloak" or rights["readOnlyRootFilesystem"] is True
        assert "memory" in {**container, **holder}["resources"]["limits"]


def test_only_keycloak_may_ask_about_codes() -> None:
    policy = _one("NetworkPolicy", "customer-codes")["spec"]
    ports = {rule["ports"][0]["port"]: rule["from"] for rule in policy["ingress"]}
    assert ports.keys() == {8090, 8091}
    assert ports[8090] == [{"podSelector": {"matchLabels": {"app": "keycloak"}}}]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    rest = _one("NetworkPolicy", "nothing-unless-allowed")["spec"]
    assert rest == {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_the_public_name_leads_to_what_customers_need_as_the_proxy_of_compose_does() -> None:
    caddyfile = (REPOSITORY / "containers" / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    [passed] = re.findall(r"@customers path (.+)", caddyfile)
    wanted = set(passed.replace("{$REALM}", realm_name()).split())
    [rule] = _one("Ingress", "customers")["spec"]["rules"]
    paths = {(path["path"], path["pathType"]) for path in rule["http"]["paths"]}
    # A prefix is of whole elements: /realms/one is not /realms/one-more.
    assert {f"{path}{end}" for path, kind in paths for end in (("", "/*") if kind == "Prefix" else ("",))} - {
        "/resources"
    } == wanted
    public = _given(_pods()["provisioning"])["PUBLIC_URL"]["value"]
    assert public == f"https://{rule['host']}"
    assert _one("Ingress", "customers")["spec"]["tls"][0]["hosts"] == [rule["host"]]


def test_administrators_have_a_name_of_their_own_and_only_the_ingress_says_who_a_client_is() -> None:
    keycloak = _one("Keycloak", "keycloak")["spec"]
    [rule] = _one("Ingress", "customers")["spec"]["rules"]
    assert urlsplit(keycloak["hostname"]["hostname"]).hostname != rule["host"]
    options = {each["name"]: each["value"] for each in keycloak["additionalOptions"]}
    assert keycloak["proxy"]["headers"] == "xforwarded"
    assert ip_network(options["proxy-trusted-addresses"]).is_private


def _given(pod: Object) -> dict[str, Object]:
    return {each["name"]: each for container in pod["containers"] for each in container.get("env", [])}


def test_the_validator_is_given_what_it_is_given_in_compose() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    validator = compose["services"]["validator"]
    container = _pods()["customer-codes"]["containers"][0]
    encrypted = {"CUSTOMER_CODES_TLS_CERT_FILE", "CUSTOMER_CODES_TLS_KEY_FILE"}
    assert _given(_pods()["customer-codes"]).keys() == validator["environment"].keys() | encrypted
    assert container["args"] == validator["command"]


def test_keycloak_and_the_validator_talk_tls_with_an_authority_that_keycloak_is_told() -> None:
    url = urlsplit(_given(_pods()["provisioning"])["VALIDATOR_URL"]["value"])
    service = _one("Service", "customer-codes")
    assert (url.scheme, url.hostname) == ("https", service["metadata"]["name"])
    assert url.port == service["spec"]["ports"][0]["port"]
    pod = _pods()["customer-codes"]
    [container] = pod["containers"]
    probes = {name: probe for name, probe in container.items() if name.endswith("Probe")}
    assert {probe["httpGet"]["scheme"] for probe in probes.values()} == {"HTTPS"}
    [mounted] = [each["mountPath"] for each in container["volumeMounts"] if each["name"] == "tls"]
    named = [_given(pod)[f"CUSTOMER_CODES_TLS_{which}_FILE"]["value"] for which in ("CERT", "KEY")]
    # What cert-manager, and `kubectl create secret tls`, call them.
    assert named == [f"{mounted}/tls.crt", f"{mounted}/tls.key"]
    assert _one("Keycloak", "keycloak")["spec"]["truststores"]


def test_provisioning_is_given_every_value_that_the_realm_asks_for() -> None:
    files = [*REALM_CONFIG.glob("*.yaml"), REALM_CONFIG / "environments" / "production.yaml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"!env ([A-Z_]+)", text))
    secrets = set(re.findall(r"!secret ([A-Z_]+)", text))
    given = _given(_pods()["provisioning"])
    connection = {"KEYCLOAK_URL", "KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD_FILE"}
    assert given.keys() == connection | asked | {f"{name}_FILE" for name in secrets}


def test_no_secret_stands_in_a_manifest_and_each_file_comes_from_a_mounted_secret() -> None:
    for pod in (_pods()["customer-codes"], _pods()["provisioning"]):
        mounts = [
            mount["mountPath"] for container in pod["containers"] for mount in container["volumeMounts"]
        ]
        for name, each in _given(pod).items():
            if re.search(r"SECRET|PASSWORD|KEY$|DATABASE_URL", name):
                assert name.endswith("_FILE")
                assert any(each["value"].startswith(f"{path}/") for path in mounts)


def test_keycloaks_vault_is_where_its_option_says() -> None:
    keycloak = _one("Keycloak", "keycloak")["spec"]
    [folder] = [each["value"] for each in keycloak["additionalOptions"] if each["name"] == "vault-dir"]
    [mounted] = [each["mountPath"] for each in _pods()["keycloak"]["containers"][0]["volumeMounts"]]
    assert folder == mounted
    assert f"{realm_name()}_customer-codes-secret" in (BASE / "keycloak.yaml").read_text(encoding="utf-8")
