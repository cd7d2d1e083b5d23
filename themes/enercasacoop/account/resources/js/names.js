// Names for what Keycloak's console (26.7.4) leaves nameless, and no reference to what is not there: for screen readers.
const { accountMenu } = document.body.dataset;

function mend() {
  for (const button of document.querySelectorAll("#app button:not([aria-label], [aria-labelledby], [title])"))
    if (!button.textContent.trim()) button.setAttribute("aria-label", button.closest("header") ? accountMenu : besides(button));
  for (const element of document.querySelectorAll("[aria-labelledby]"))
    if (!element.getAttribute("aria-labelledby").split(" ").some((id) => document.getElementById(id))) element.removeAttribute("aria-labelledby");
  // A list of messages without any is none.
  for (const list of document.querySelectorAll(".pf-v5-c-alert-group"))
    if (list.childElementCount > 0) list.setAttribute("role", "list");
    else list.removeAttribute("role");
  // One main heading: the parts of a page come below it.
  for (const heading of document.querySelectorAll("h1:not([data-testid=page-heading])")) heading.setAttribute("aria-level", "2");
  // Parts of the list of devices, all with the same name in English: they need none.
  for (const part of document.querySelectorAll("[aria-label=device-sessions-content]")) part.removeAttribute("aria-label");
}

// The words of the row that a button belongs to; those hidden on a phone are the button's own on a desktop.
function besides(button) {
  let row = button.parentElement;
  while (row && !row.textContent.trim()) row = row.parentElement;
  return row?.textContent.trim() ?? "";
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();
