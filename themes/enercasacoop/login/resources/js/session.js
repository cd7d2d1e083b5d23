// Follows the inline scripts of theme/keycloak.v2/login/template.ftl of Keycloak 26.7.4, as a file of its own: a strict
// content security policy allows no inline script. authChecker.js is the parent's.
import { checkAuthSession, startSessionPolling } from "./authChecker.js";

const { otherTabUrl, sessionHash } = document.body.dataset;

if (otherTabUrl) startSessionPolling(otherTabUrl);
if (sessionHash) checkAuthSession(sessionHash);
