"""kubernetes/base against Kubernetes' schemas, the fields of Keycloak's operator, and what the parts ask for.

No cluster is here: that an API server takes each object is shown by its schema, strictly; that the parts are
told what they need, by docker-compose.yml and realm-config/, which have the same parts.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from stack.settings import REALM_CONFIG, REPOSITORY, realm_name
from tests.support.kubernetes import BASE, Object, declared, given_to, require_taken


def _one(kind: str, name: str) -> Object:
    [found] = [one for one in declared() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def _pods() -> dict[str, Object]:
    """The specification of each pod, by the name of what makes it."""
    makers = [one for one in declared() if one["kind"] in {"Deployment", "Job"}]
    pods = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in makers}
    return {**pods, "keycloak": _one("Keycloak", "keycloak")["spec"]["unsupported"]["podTemplate"]["spec"]}


@pytest.mark.parametrize("one", declared(), ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_every_object_is_one_that_kubernetes_or_the_operator_takes(one: Object) -> None:
    require_taken(one)


def test_a_misspelt_field_is_found_wherever_it_stands() -> None:
    deployment, keycloak = _one("Deployment", "customer-codes"), _one("Keycloak", "keycloak")
    deployment["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        require_taken(deployment)
    keycloak["spec"]["db"]["poolMaximum"] = 40
    keycloak["spec"]["instances"] = "2"
    with pytest.raises(AssertionError, match=r"spec.instances is '2', spec.db.poolMaximum"):
        require_taken(keycloak)
    again = _one("Keycloak", "keycloak")
    again["spec"]["unsupported"]["podTemplate"]["spec"]["containers"][0]["volumeMount"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        require_taken(again)


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
    public = given_to(_pods()["provisioning"])["PUBLIC_URL"]["value"]
    assert public == f"https://{rule['host']}"
    assert _one("Ingress", "customers")["spec"]["tls"][0]["hosts"] == [rule["host"]]


def test_administrators_have_a_name_of_their_own_and_only_the_ingress_says_who_a_client_is() -> None:
    keycloak = _one("Keycloak", "keycloak")["spec"]
    [rule] = _one("Ingress", "customers")["spec"]["rules"]
    assert urlsplit(keycloak["hostname"]["hostname"]).hostname != rule["host"]
    options = {each["name"]: each["value"] for each in keycloak["additionalOptions"]}
    assert keycloak["proxy"]["headers"] == "xforwarded"
    assert ip_network(options["proxy-trusted-addresses"]).is_private


def test_the_validator_is_given_what_it_is_given_in_compose() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    validator = compose["services"]["validator"]
    container = _pods()["customer-codes"]["containers"][0]
    encrypted = {"CUSTOMER_CODES_TLS_CERT_FILE", "CUSTOMER_CODES_TLS_KEY_FILE"}
    assert given_to(_pods()["customer-codes"]).keys() == validator["environment"].keys() | encrypted
    assert container["args"] == validator["command"]


def test_keycloak_and_the_validator_talk_tls_with_an_authority_that_keycloak_is_told() -> None:
    url = urlsplit(given_to(_pods()["provisioning"])["VALIDATOR_URL"]["value"])
    service = _one("Service", "customer-codes")
    assert (url.scheme, url.hostname) == ("https", service["metadata"]["name"])
    assert url.port == service["spec"]["ports"][0]["port"]
    pod = _pods()["customer-codes"]
    [container] = pod["containers"]
    probes = {name: probe for name, probe in container.items() if name.endswith("Probe")}
    assert {probe["httpGet"]["scheme"] for probe in probes.values()} == {"HTTPS"}
    [mounted] = [each["mountPath"] for each in container["volumeMounts"] if each["name"] == "tls"]
    named = [given_to(pod)[f"CUSTOMER_CODES_TLS_{which}_FILE"]["value"] for which in ("CERT", "KEY")]
    # What cert-manager, and `kubectl create secret tls`, call them.
    assert named == [f"{mounted}/tls.crt", f"{mounted}/tls.key"]
    assert _one("Keycloak", "keycloak")["spec"]["truststores"]


def test_provisioning_is_given_every_value_that_the_realm_asks_for() -> None:
    files = [*REALM_CONFIG.glob("*.yaml"), REALM_CONFIG / "environments" / "production.yaml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"!env ([A-Z_]+)", text))
    secrets = set(re.findall(r"!secret ([A-Z_]+)", text))
    given = given_to(_pods()["provisioning"])
    login = {"KEYCLOAK_LOGIN_REALM", "KEYCLOAK_CLIENT_ID", "KEYCLOAK_CLIENT_SECRET_FILE"}
    assert given.keys() == {"KEYCLOAK_URL"} | login | asked | {f"{name}_FILE" for name in secrets}


def test_no_secret_stands_in_a_manifest_and_each_file_comes_from_a_mounted_secret() -> None:
    for pod in (_pods()["customer-codes"], _pods()["provisioning"]):
        mounts = [
            mount["mountPath"] for container in pod["containers"] for mount in container["volumeMounts"]
        ]
        for name, each in given_to(pod).items():
            if re.search(r"SECRET|PASSWORD|KEY$|DATABASE_URL", name):
                assert name.endswith("_FILE")
                assert any(each["value"].startswith(f"{path}/") for path in mounts)


def test_keycloaks_vault_is_where_its_option_says() -> None:
    keycloak = _one("Keycloak", "keycloak")["spec"]
    [folder] = [each["value"] for each in keycloak["additionalOptions"] if each["name"] == "vault-dir"]
    [mounted] = [each["mountPath"] for each in _pods()["keycloak"]["containers"][0]["volumeMounts"]]
    assert folder == mounted
    assert f"{realm_name()}_customer-codes-secret" in (BASE / "keycloak.yaml").read_text(encoding="utf-8")
