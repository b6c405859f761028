// Two facets crossed: a table whose cells are links to the works behind them.
import { h, scroller } from "./dom.js";
import { ranked } from "./facets.js";
import { isKnown } from "./statistics.js";
import { SMALLEST_WHOLE, count, number, short } from "./text.js";

const SHADES = 5;
const [HEAD, COLUMN] = [132, 37]; // the least width in pixels
const MOST_UPRIGHT = 10; // columns of a wide table whose names stand upright

/** @typedef {import("./statistics.js").Cell} Cell */
/** @typedef {import("./statistics.js").Crossing} Crossing */

/**
 * Return the table.
 * @param {App} app
 * @param {Crossing} crossing
 * @param {{rows: number, columns: number, kind?: string, isWide?: boolean}} options kind: works,
 *   living, share
 */
export function matrix(app, crossing, options) {
  const { rows: mostRows, columns: mostColumns, kind = "works", isWide = false } = options;
  const { first, second } = crossing;
  const [rows, columns] = [ranked(first, mostRows), ranked(second, mostColumns)];
  const sizes = rows.flatMap((a) => columns.map((b) => value(crossing.cell(a, b), kind) ?? 0));
  const most = Math.max(1, ...sizes);
  const head = columns.map((b) => {
    const name = second.show(second.values[b]);
    return h("th", { scope: "col", title: name }, h("span", { dir: "auto" }, name));
  });
  const body = rows.map((a) => {
    const name = first.show(first.values[a]);
    const cells = columns.map((b) => h("td", {}, cell(app, crossing, [a, b], kind, most)));
    return h("tr", {}, h("th", { scope: "row", dir: "auto", title: name }, name), cells);
  });
  const table = h(
    "table",
    { class: isWide && columns.length <= MOST_UPRIGHT ? "matrix upright" : "matrix" },
    h("thead", {}, h("tr", {}, h("td"), head)),
    h("tbody", {}, body),
  );
  table.style.minWidth = `${HEAD + columns.length * COLUMN}px`;
  const left = [rest(first, rows), rest(second, columns)].filter(Boolean);
  return [
    scroller(`${first.label} by ${second.label}`, table),
    left.length > 0 &&
      h("p", { class: "soft small" }, `The largest are shown, without ${left.join(" and ")}.`),
  ];
}

/** Return how many values of a facet have no row or column. */
function rest(/** @type {Facet} */ facet, /** @type {number[]} */ places) {
  const size = ranked(facet).length - places.length;
  return size > 0 && `${number(size)} more of ${facet.label.toLowerCase()}`;
}

/** Return what a cell counts; null where a share would say nothing. */
function value(/** @type {Cell} */ totals, /** @type {string} */ kind) {
  if (kind === "works") return totals.works;
  if (kind === "living") return totals.living;
  return whyNoShare(totals) ? null : Math.round((100 * totals.living) / totals.works);
}

/** Return why the share with living code would say nothing; empty where it says something. */
function whyNoShare(/** @type {Cell} */ totals) {
  if (totals.works < SMALLEST_WHOLE) return "too few for a share";
  return totals.withCode && !isKnown(totals) ? "most of their code has not been checked" : "";
}

/**
 * Return what stands in a cell: the number of works, linked to them.
 * @param {App} app
 * @param {Crossing} crossing
 * @param {[number, number]} values
 * @param {string} kind
 * @param {number} most
 */
function cell(app, { first, second, cell }, [a, b], kind, most) {
  const totals = cell(a, b);
  const size = value(totals, kind);
  if (!totals.works) return h("span", { class: "shade0" }, "·");
  const works = count(totals.works, "work");
  if (size === null)
    return h("span", { class: "shade0", title: `${works}: ${whyNoShare(totals)}` }, "–");
  const text = kind === "share" ? `${size} %` : short(size);
  const words = kind === "share" ? `${size} % of ${works} with living code` : count(size, "work");
  const name = `${first.show(first.values[a])}, ${second.show(second.values[b])}: ${text}, ${words}`;
  if (!size) return h("span", { class: "shade0", title: name }, text);
  /** @type {Record<string, string | string[]>} */
  const filters = { [first.key]: first.values[a], [second.key]: second.values[b] };
  if (kind !== "works") filters.code = ["active", "slow"];
  const shade = 1 + Math.min(SHADES - 1, Math.floor(SHADES * Math.sqrt(size / most) - 0.001));
  return h(
    "a",
    { class: `shade${shade}`, href: app.linkTo(filters), title: name, "aria-label": name },
    text,
  );
}
