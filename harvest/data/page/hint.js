// A hint beside the pointer. What it says is also in the table of the figure, so it is not spoken.
import { h } from "./dom.js";

const box = h("div", { class: "hint", hidden: true, "aria-hidden": "true" });
document.body.append(box);

/** Show a text, or what a function of the event returns, while the pointer is over an element. */
export function hint(
  /** @type {Element} */ element,
  /** @type {string | ((event: any) => string)} */ text,
) {
  const show = (/** @type {any} */ event) => {
    box.textContent = typeof text === "function" ? text(event) : text;
    box.hidden = !box.textContent;
    const left = Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8);
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${Math.max(8, event.clientY - box.offsetHeight - 12)}px`;
  };
  element.addEventListener("pointerenter", show);
  element.addEventListener("pointermove", show);
  element.addEventListener("pointerleave", hideHint);
  return element;
}

/** Hide it: what it spoke of is no longer there. */
export function hideHint() {
  box.hidden = true;
}
