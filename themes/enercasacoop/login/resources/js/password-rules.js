// Ticks the rules of password-rules.ftl as one types. The server judges; this only tells beforehand.
// Classes of characters as in Keycloak's own policies, which are Java's (Character.isUpperCase, isLetterOrDigit …).
const count = (text, pattern) => (text.match(pattern) ?? []).length;

const tests = {
  length: (text, value) => text.length >= value,
  maxLength: (text, value) => text.length > 0 && text.length <= value,
  digits: (text, value) => count(text, /\p{Nd}/gu) >= value,
  lowerCase: (text, value) => count(text, /\p{Ll}/gu) >= value,
  upperCase: (text, value) => count(text, /\p{Lu}/gu) >= value,
  specialChars: (text, value) => count(text, /[^\p{L}\p{Nd}]/gu) >= value,
  notUsername: (text, _value, username) => text.length > 0 && text.toLowerCase() !== username.toLowerCase(),
};

for (const list of document.querySelectorAll("[data-password-rules]")) {
  const input = document.getElementById(list.dataset.passwordRules);
  const username = document.getElementById(list.dataset.username);
  const progress = document.getElementById(`${input.id}-progress`);
  const rules = [...list.querySelectorAll("[data-rule]")];

  const tick = () => {
    for (const rule of rules) {
      const met = tests[rule.dataset.rule](input.value, Number(rule.dataset.value), username?.value.trim() ?? "");
      rule.classList.toggle("met", met);
    }
  };

  // Told to a screen reader once the typing pauses, not at every key.
  let pause;
  const tell = () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      const met = rules.filter((rule) => rule.classList.contains("met")).length;
      progress.textContent = progress.dataset.text.replace("#met", met).replace("#all", rules.length);
    }, 700);
  };

  input.addEventListener("input", () => { tick(); tell(); });
  username?.addEventListener("input", tick);
  tick();
  // Typed before this script was there.
  if (input.value) tell();
}
