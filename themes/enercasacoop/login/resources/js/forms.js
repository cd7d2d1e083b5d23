// Comfort for forms. Every page works without it.

// What went wrong is read first (autofocus does it too, but not after going back in history).
document.querySelector("#error-summary, .alert.error")?.focus();

// A link of the summary leads to its field, not only to its place on the page.
document.getElementById("error-summary")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  field?.focus();
  field?.closest(".field")?.scrollIntoView({ block: "start" });
});

// One submit a page: the second click of an impatient hand is ignored. Back in history the form works again.
const busy = new WeakSet();
document.addEventListener("submit", (event) => {
  if (busy.has(event.target)) {
    event.preventDefault();
    return;
  }
  busy.add(event.target);
  event.submitter?.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) busy.delete(form);
  for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
});

// Links that send a mail or use up a link: once.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-once-link]");
  if (!link) return;
  if (link.getAttribute("aria-disabled") === "true") event.preventDefault();
  link.setAttribute("aria-disabled", "true");
});

// Show and hide a password, in words.
for (const button of document.querySelectorAll("[data-password-toggle]")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const label = () => {
    const hidden = input.type === "password";
    button.textContent = hidden ? button.dataset.show : button.dataset.hide;
    button.setAttribute("aria-label", hidden ? button.dataset.showLabel : button.dataset.hideLabel);
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    label();
  });
  // Sent as a password, or the browser would offer to fill it elsewhere as plain text.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  label();
  button.hidden = false;
}

// Keyboards of phones put a space after the word that they complete: it is no part of a name, a number or an address.
for (const input of document.querySelectorAll("input:is([type=text], [type=tel])")) {
  input.addEventListener("change", () => { input.value = input.value.trim(); });
}

// The codice fiscale: capitals, no spaces. The server does the same for who has no scripts.
for (const input of document.querySelectorAll("[data-upper-case]")) {
  input.addEventListener("change", () => { input.value = input.value.replace(/\s+/g, "").toUpperCase(); });
}
