// Nodes of the page. Text from outside only ever becomes a text node; HTML is never parsed.
const SVG = "http://www.w3.org/2000/svg";
const LINK = /^(?:https?:\/\/|#)/i;

/**
 * Return an HTML element with attributes, listeners (`onclick`) and children.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Fields} [attributes]
 * @param {any[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function h(name, attributes = {}, ...children) {
  return build(document.createElement(name), attributes, children);
}

/**
 * Return an SVG element.
 * @param {keyof SVGElementTagNameMap} name
 * @param {Fields} [attributes]
 * @param {any[]} children
 */
export function svg(name, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, name), attributes, children);
}

/** Put children in the place of those that an element has. */
export function fill(/** @type {Element} */ element, /** @type {any[]} */ ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Return the element of page.html with an id; the type of its tag is not checked. */
export function byId(/** @type {string} */ id) {
  return /** @type {any} */ (document.getElementById(id));
}

/**
 * @template {Element} T
 * @param {T} element
 * @param {Fields} attributes
 * @param {any[]} children
 */
function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "href") setLink(element, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(/** @type {any[]} */ children) {
  return children.flat(Infinity).filter((it) => it !== null && it !== undefined && it !== false);
}

/** Only web addresses and places of this page become links. */
function setLink(/** @type {Element} */ element, /** @type {string} */ address) {
  if (!LINK.test(address)) return;
  element.setAttribute("href", address);
  if (!address.startsWith("#")) element.setAttribute("rel", "noopener noreferrer");
}

/** Return text that only a screen reader says. */
export function spoken(/** @type {string} */ text) {
  return h("span", { class: "spoken" }, text);
}

const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1",
};

/** Return a picture that says nothing by itself. */
export function icon(/** @type {keyof typeof ICONS} */ name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  );
}

/** Return a box that says why there is nothing, and what to do. */
export function blank(/** @type {string} */ title, /** @type {any} */ ...about) {
  return h("div", { class: "blank" }, h("strong", {}, title), about);
}

/** Return a region that scrolls sideways by itself, by keys too. */
export function scroller(/** @type {string} */ name, /** @type {any[]} */ ...children) {
  return h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": name }, children);
}
