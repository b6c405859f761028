// What all figures have: a title, a sentence, a legend, and the same as a table.
import { h, scroller, svg } from "./dom.js";
import { number } from "./text.js";

export const ENOUGH = 10; // data of a figure; with fewer it is not drawn

export function figure(
  /** @type {string} */ size,
  /** @type {string} */ title,
  /** @type {string} */ sentence,
  /** @type {any[]} */ ...content
) {
  return h(
    "figure",
    { class: `card ${size}` },
    h("figcaption", {}, h("h2", {}, title), h("p", { class: "soft" }, sentence)),
    content,
  );
}

/**
 * Return a table under a figure. A cell is a text, or a text with the address of its works.
 * @param {string} name
 * @param {string[]} head
 * @param {(string | string[])[][]} rows
 * @param {string} [caption] what of it is not in the table
 */
export function asTable(name, head, rows, caption = "") {
  const cell = (/** @type {string | string[]} */ value) =>
    Array.isArray(value) ? h("a", { href: value[1] }, value[0]) : value;
  const body = rows.map(([first, ...rest]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", dir: "auto" }, cell(first)),
      rest.map((value) => h("td", {}, cell(value))),
    ),
  );
  const names = head.map((text) => h("th", { scope: "col", dir: "auto" }, text));
  const table = h(
    "table",
    { class: "data" },
    caption && h("caption", {}, caption),
    h("thead", {}, h("tr", {}, names)),
    h("tbody", {}, body),
  );
  return h(
    "details",
    { class: "as-table" },
    h("summary", {}, "Show as a table"),
    scroller(name, table),
  );
}

export function legend(/** @type {{name: string, style: string}[]} */ series) {
  const square = (/** @type {string} */ style) =>
    svg(
      "svg",
      { viewBox: "0 0 10 10", "aria-hidden": "true" },
      svg("rect", { class: style, width: 10, height: 10, rx: 3 }),
    );
  return h(
    "ul",
    { class: "legend" },
    series.map(({ name, style }) => h("li", { dir: "auto" }, square(style), name)),
  );
}

export function countCell(/** @type {number} */ value, /** @type {string} */ address) {
  return value ? [number(value), address] : "–";
}

export function skip(
  /** @type {string[]} */ missing,
  /** @type {string} */ title,
  /** @type {string} */ reason,
) {
  missing.push(`${title}: ${reason}.`);
  return null;
}

export function notShown(/** @type {string[]} */ missing) {
  if (!missing.length) return null;
  return h(
    "div",
    { class: "card wide12 not-shown" },
    h("h2", {}, "Not shown yet"),
    h(
      "ul",
      { class: "plain" },
      missing.map((text) => h("li", {}, text)),
    ),
  );
}
