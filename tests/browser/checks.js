// Evaluated in a page of ours: gives what is wrong with it, one sentence each. Its rules are those that axe does not know.
() => {
  const found = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden");
  const name = (element) => element.id || element.getAttribute("name") || element.textContent.trim().slice(0, 40) || element.tagName;

  // One column of the theme's own looks.
  const sheets = [...document.styleSheets].filter((sheet) => sheet.cssRules.length > 0);
  if (sheets.length !== all("link[rel=stylesheet]").length) found.push("a stylesheet is missing");
  if (!getComputedStyle(document.body).fontFamily.includes("Atkinson")) found.push("the typeface is not the theme's");
  if (getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)") found.push("the page has no ground");

  if (all("h1").length !== 1) found.push(`${all("h1").length} main headings`);
  if (all("main").length !== 1) found.push(`${all("main").length} main parts`);

  // What describes a field is there, and what is wrong is told by the field itself.
  const described = (element) => (element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  for (const element of all("[aria-describedby]"))
    for (const id of described(element))
      if (!document.getElementById(id)?.textContent.trim()) found.push(`${name(element)} is described by nothing: ${id}`);
  for (const element of all("[aria-invalid]")) {
    if (element.getAttribute("aria-invalid") !== "true") found.push(`${name(element)} says aria-invalid where it is not`);
    const told = described(element).some((id) => id.startsWith("input-error-") || id === "page-message");
    if (!told) found.push(`${name(element)} is invalid, and nothing says why`);
  }
  for (const message of all("[id^=input-error-]"))
    if (!all("[aria-invalid=true]").some((element) => described(element).includes(message.id)))
      found.push(`no field points to ${message.id}`);
  const summary = document.getElementById("error-summary");
  if (all("[id^=input-error-]").length > 0 && !summary) found.push("errors at fields, but no summary");
  for (const link of summary ? all("a", summary) : [])
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) found.push(`the summary leads nowhere: ${link.hash}`);

  // What went wrong has the focus.
  const first = document.querySelector("#error-summary, .alert.error");
  if (first && document.activeElement !== first) found.push(`the focus is not on what went wrong but on ${name(document.activeElement)}`);

  // Groups have legends, radio buttons and boxes have groups.
  for (const group of all("fieldset"))
    if (group.firstElementChild?.tagName !== "LEGEND" || !group.firstElementChild.textContent.trim()) found.push(`a group without a legend: ${name(group)}`);
  for (const radio of all("input[type=radio]")) if (!radio.closest("fieldset")) found.push(`${name(radio)} in no group`);

  // Everything that is pressed is 24 px high and wide; a box or a radio counts with its words.
  for (const target of all("a[href], button, input:not([type=hidden]), select, textarea").filter(shown)) {
    const box = (target.closest("label") ?? target).getBoundingClientRect();
    const lines = target.tagName === "A" ? [...target.getClientRects()] : [box];
    if (lines.some((line) => line.height < 24) || box.width < 24) found.push(`${name(target)} is ${box.width} × ${box.height} px`);
  }

  // Pasting and password managers are welcome.
  for (const input of all("input[type=password]").filter((input) => !/^(new|current)-password$/.test(input.autocomplete)))
    found.push(`${name(input)} does not say whether it is a new password`);
  for (const input of all("input, textarea").filter(shown)) {
    const paste = new ClipboardEvent("paste", { cancelable: true, bubbles: true });
    if (!input.dispatchEvent(paste)) found.push(`${name(input)} refuses to be pasted into`);
    if (input.maxLength > 0) found.push(`${name(input)} cuts off what is typed`);
  }
  if (all("[tabindex]").some((element) => element.tabIndex > 0)) found.push("the order of the tab key is bent");
  if (all("[style], style, script:not([src])").length > 0) found.push("something is inline");
  return found;
}
