// Follows the inline scripts of theme/keycloak.v2/login/template.ftl of Keycloak 26.7.4, as a file of its own: a strict
// content security policy allows no inline script. authChecker.js is the parent's.
import { checkAuthSession, startSessionPolling } from "./authChecker.js";

const { action, otherTabUrl, sessionHash } = document.body.dataset;

// The address of a form that was just sent holds a code that works once: the page itself stands at its form's address
// without the code, so that it can be loaded again (Keycloak's BrowserHistoryHelper does it inline).
if (action && new URLSearchParams(location.search).has("session_code")) {
  const address = new URL(action, location.href);
  address.searchParams.delete("session_code");
  history.replaceState({}, "", address);
}

if (otherTabUrl) startSessionPolling(otherTabUrl);
if (sessionHash) checkAuthSession(sessionHash);
