// What a reader sets once: the theme, and whether single keys do something.
import { byId } from "./dom.js";

/** Return a setting of this reader, null where the browser keeps none. */
function load(/** @type {string} */ name) {
  try {
    return localStorage.getItem(`harvest-${name}`);
  } catch {
    return null;
  }
}

function save(/** @type {string} */ name, /** @type {string} */ value) {
  try {
    localStorage.setItem(`harvest-${name}`, value);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

/** Take over the theme of the last time, and change it with the button. */
export function useTheme() {
  const root = document.documentElement;
  const last = load("theme");
  if (last === "light" || last === "dark") root.dataset.theme = last;
  byId("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    save("theme", root.dataset.theme);
  });
}

/**
 * Listen to single keys, which can be switched off (WCAG 2.1.4).
 * @param {Record<string, () => void>} actions
 */
export function useKeys(actions) {
  const box = byId("keys");
  box.checked = load("keys") !== "off";
  box.addEventListener("change", () => save("keys", box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTyping = target.matches("input:not([type=checkbox]), select, textarea");
    const isFree = box.checked && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isFree || document.querySelector("dialog[open]") || !Object.hasOwn(actions, event.key))
      return;
    event.preventDefault();
    actions[event.key]();
  });
}
