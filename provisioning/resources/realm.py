"""Realm settings: RealmRepresentation's own fields (org.keycloak.representations.idm.RealmRepresentation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.change import Change
from provisioning.diff import is_nothing
from provisioning.nodes import MASK, Json, Node
from provisioning.observed import Observed
from provisioning.ownership import OWN
from provisioning.problems import ProvisioningError
from provisioning.resources.base import Declared, Kind, merged_map
from provisioning.shapes import Record, Shape, TextMap, fields
from provisioning.target import Target

BINDINGS = (
    "browserFlow registrationFlow directGrantFlow resetCredentialsFlow clientAuthenticationFlow"
    " dockerAuthenticationFlow firstBrokerLoginFlow"
)

_OTP: Mapping[str, Json] = {
    "otpPolicyType": "totp",
    "otpPolicyAlgorithm": "HmacSHA1",
    "otpPolicyInitialCounter": 0,
    "otpPolicyDigits": 6,
    "otpPolicyLookAheadWindow": 1,
    "otpPolicyPeriod": 30,
}

FIELDS: dict[str, Shape] = {
    **fields(
        text=f"""realm displayName displayNameHtml defaultSignatureAlgorithm sslRequired bruteForceStrategy
        passwordPolicy otpPolicyType otpPolicyAlgorithm loginTheme accountTheme adminTheme emailTheme
        defaultLocale {BINDINGS}
        webAuthnPolicyRpEntityName webAuthnPolicyRpId webAuthnPolicyAttestationConveyancePreference
        webAuthnPolicyAuthenticatorAttachment webAuthnPolicyRequireResidentKey webAuthnPolicyResidentKey
        webAuthnPolicyUserVerificationRequirement webAuthnPolicyPasswordlessRpEntityName
        webAuthnPolicyPasswordlessRpId webAuthnPolicyPasswordlessAttestationConveyancePreference
        webAuthnPolicyPasswordlessAuthenticatorAttachment webAuthnPolicyPasswordlessRequireResidentKey
        webAuthnPolicyPasswordlessResidentKey webAuthnPolicyPasswordlessUserVerificationRequirement
        webAuthnPolicyPasswordlessMediation""",
        number="""notBefore refreshTokenMaxReuse accessTokenLifespan accessTokenLifespanForImplicitFlow
        ssoSessionIdleTimeout ssoSessionMaxLifespan ssoSessionIdleTimeoutRememberMe
        ssoSessionMaxLifespanRememberMe offlineSessionIdleTimeout offlineSessionMaxLifespan
        clientSessionIdleTimeout clientSessionMaxLifespan clientOfflineSessionIdleTimeout
        clientOfflineSessionMaxLifespan accessCodeLifespan accessCodeLifespanUserAction
        accessCodeLifespanLogin actionTokenGeneratedByAdminLifespan actionTokenGeneratedByUserLifespan
        oauth2DeviceCodeLifespan oauth2DevicePollingInterval maxTemporaryLockouts maxFailureWaitSeconds
        minimumQuickLoginWaitSeconds waitIncrementSeconds quickLoginCheckMilliSeconds maxDeltaTimeSeconds
        failureFactor maxSecondaryAuthFailures otpPolicyInitialCounter otpPolicyDigits
        otpPolicyLookAheadWindow otpPolicyPeriod webAuthnPolicyCreateTimeout
        webAuthnPolicyPasswordlessCreateTimeout eventsExpiration""",
        flag="""revokeRefreshToken offlineSessionMaxLifespanEnabled enabled registrationAllowed
        registrationEmailAsUsername rememberMe verifyEmail loginWithEmailAllowed duplicateEmailsAllowed
        resetPasswordAllowed editUsernameAllowed bruteForceProtected permanentLockout otpPolicyCodeReusable
        webAuthnPolicyAvoidSameAuthenticatorRegister webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister
        webAuthnPolicyPasswordlessPasskeysEnabled eventsEnabled adminEventsEnabled adminEventsDetailsEnabled
        internationalizationEnabled userManagedAccessAllowed organizationsEnabled verifiableCredentialsEnabled
        adminPermissionsEnabled scimApiEnabled""",
        set="eventsListeners enabledEventTypes supportedLocales",
        list="""webAuthnPolicySignatureAlgorithms webAuthnPolicyAcceptableAaguids webAuthnPolicyExtraOrigins
        webAuthnPolicyPasswordlessSignatureAlgorithms webAuthnPolicyPasswordlessAcceptableAaguids
        webAuthnPolicyPasswordlessExtraOrigins""",
        map="attributes browserSecurityHeaders",
        read_only="""id keycloakVersion adminPermissionsClient otpSupportedApplications requiredCredentials
        defaultRole userCacheEnabled realmCacheEnabled""",
        unmanaged="""passwordCredentialGrantAllowed privateKey publicKey certificate codeSecret
        federatedUsers userFederationProviders userFederationMappers protocolMappers
        social updateProfileOnInitialSocialLogin socialProviders applicationScopeMappings applications
        oauthClients clientTemplates customImport""",
    ),
    "smtpServer": TextMap(secret_keys=frozenset({"password", "authTokenClientSecret"}), clearable=True),
}


class RealmSettings(Kind):
    """The realm itself. Its name is where to write, never something to change."""

    name = "realm"
    fields: ClassVar[Mapping[str, Shape]] = FIELDS
    shape = Record(FIELDS)
    masks = True

    def desired(self, declared: Declared) -> dict[str, Json]:
        others = _fields_of_others()
        own = {key: value for key, value in declared.items() if key not in others and key != "realm"}
        if "attributes" in own:
            own["attributes"] = {
                name: value for name, value in own["attributes"].items() if not name.startswith(OWN)
            }
        return {"": own} if own else {}

    def existing(self, observed: Observed) -> dict[str, Json]:
        # Events that are kept for good: ModelToRepresentation says nothing rather than 0.
        return {"": {"eventsExpiration": 0, **observed.export}} if observed.exists else {}

    def expected(self, default: Json, declared: Json, found: Json) -> Json:
        """Some fields are kept as attributes too (RealmRepresentation's newer ones): they count once. The
        tool's own attributes are nobody's drift."""
        expected: dict[str, Json] = super().expected(default, declared, found)
        attributes = {
            name: value
            for name, value in (expected.get("attributes") or {}).items()
            if name not in FIELDS and not name.startswith(OWN)
        }
        return {**expected, "attributes": attributes}

    def nodes(self, root: Node) -> dict[str, Node]:
        return {"": Node(root.value, root.mark_of("realm"), key_marks=root.key_marks)}

    def creation(self, declared: Declared) -> dict[str, Json]:
        own = self.desired(declared).get("", {})
        # With one of these fields an import makes a policy of them all, absent numbers 0: a period of 0 s
        # (DefaultExportImportManager.toPolicy).
        otp = _OTP if _OTP.keys() & own.keys() else {}
        return {**otp, **own}

    def apply(self, change: Change, target: Target) -> None:
        sent = body(change, target.attributes)
        target.put(body=sent)
        target.attributes = sent.get("attributes", target.attributes)


def body(change: Change, attributes: dict[str, str]) -> dict[str, Any]:
    """The PUT of a realm: only the fields that differ, but whole maps.

    Keycloak leaves out-of-body fields alone, with one trap: `attributes`, where given, replaces all
    attributes, and some fields (clientSessionIdleTimeout, …) are kept as attributes too. So every attribute
    is sent, and those that stand for a changed field follow it.
    """
    before, after = change.observed or {}, change.desired
    names = {field.path.split(".")[0].split("[")[0] for field in change.fields}
    changed = {**_companions(before, names), **{name: after[name] for name in names if name in after}}
    sent: dict[str, Any] = {
        name: "" if is_nothing(value) and not isinstance(value, list) else value
        for name, value in changed.items()
        if not isinstance(value, dict)
    }
    if "attributes" in names or change.fingerprints:
        follow = {name: str(value) for name, value in sent.items() if name in attributes}
        sent["attributes"] = merged_map(
            {**attributes, **follow, **change.fingerprints}, after.get("attributes") or {}
        )
    if "browserSecurityHeaders" in names:
        sent["browserSecurityHeaders"] = merged_map(
            before.get("browserSecurityHeaders"), after["browserSecurityHeaders"], removed=""
        )
    if "smtpServer" in names:
        sent["smtpServer"] = _smtp(before.get("smtpServer") or {}, after["smtpServer"])
    return sent


_POLICIES = ("otpPolicy", "webAuthnPolicyPasswordless", "webAuthnPolicy")
"""DefaultExportImportManager.updateRealm reads each of these policies as one: what a PUT leaves out of it is
reset, and without its first field (type, relying party) the rest is ignored."""


def _companions(before: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The present fields of the policies that a change touches."""
    touched = {_policy(name) for name in names} - {None}
    return {name: value for name, value in before.items() if _policy(name) in touched}


def _policy(field: str) -> str | None:
    return next((prefix for prefix in _POLICIES if field.startswith(prefix)), None)


def _smtp(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """All of the mail settings, since Keycloak replaces them as one. A mask is never sent back."""
    merged = merged_map(before, after) if after else {}
    for key, value in merged.items():
        if value == MASK:
            raise ProvisioningError(
                f"realm smtpServer.{key}: the realm has one that cannot be read, and Keycloak replaces all"
                f" mail settings at once: declare it as `{key}: !secret NAME`, or `{key}: null` to remove it"
            )
    return merged


def _fields_of_others() -> set[str]:
    from provisioning.resources import KINDS

    return {field for kind in KINDS if not isinstance(kind, RealmSettings) for field in kind.fields}
