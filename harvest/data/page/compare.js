// Compare: any two facets crossed, and selected works side by side.
import { blank, fill, h, scroller } from "./dom.js";
import { RESERVED, valuesOf } from "./facets.js";
import { matrix } from "./matrix.js";
import { cell as csvCell } from "./csv.js";
import { STATE_NAMES } from "./model.js";
import { cross } from "./statistics.js";
import { clean, dateInWords, number } from "./text.js";

const CELLS = { works: "works", living: "works with living code", share: "share with living code" };
const MOST_WORKS = 12;

/** Show both tables. */
export function drawCompare(/** @type {App} */ app, /** @type {Element} */ root) {
  fill(
    root,
    h(
      "div",
      { class: "lead" },
      h("h1", {}, "Compare"),
      h(
        "p",
        {},
        "Where the field is crowded and where it is empty, and chosen works side by side.",
      ),
    ),
    crossing(app),
    sideBySide(app),
  );
}

function crossing(/** @type {App} */ app) {
  const { model, state } = app;
  const facets = model.facets.filter((facet) => facet.values.length > 1);
  if (facets.length < 2)
    return h(
      "section",
      { class: "card" },
      h("h2", {}, "Facets crossed"),
      h("p", { class: "soft" }, "There are too few facets to cross."),
    );
  const first = firstOf(facets, [state.rows, "method"]);
  const others = facets.filter((facet) => facet !== first);
  const second =
    facets.find((facet) => facet.key === state.columns) ?? firstOf(others, ["modality", "method"]);
  /** @type {(name: string, text: string, value: string, options: string[][]) => Element} */
  const choose = (name, text, value, options) => {
    const menu = h(
      "select",
      { id: `choose-${name}`, onchange: () => app.go(app.link({ [name]: menu.value })) },
      options.map(([key, label]) => h("option", { value: key, selected: key === value }, label)),
    );
    return h("label", {}, `${text} `, menu);
  };
  const names = facets.map((facet) => [facet.key, facet.label]);
  const cells = Object.hasOwn(CELLS, state.cells) ? state.cells : "works";
  return h(
    "section",
    { class: "card" },
    h("h2", {}, `${first.label} by ${second.label.toLowerCase()}`),
    h(
      "div",
      { class: "choices" },
      choose("rows", "Rows", first.key, names),
      choose("columns", "Columns", second.key, names),
      choose("cells", "Cells", cells, Object.entries(CELLS)),
    ),
    matrix(app, cross(model, app.rows, first, second), {
      rows: 24,
      columns: 20,
      kind: cells,
      isWide: true,
    }),
    h(
      "p",
      { class: "soft small" },
      "The stronger the colour, the more. A click shows the works. A share of fewer than five works is not shown, nor one where most code has not been checked.",
    ),
  );
}

/** Return the first facet that has one of the keys, the first of all if none has. */
function firstOf(/** @type {Facet[]} */ facets, /** @type {string[]} */ keys) {
  const places = keys.map((key) => facets.findIndex((facet) => facet.key === key));
  return facets[places.find((place) => place >= 0) ?? 0];
}

function sideBySide(/** @type {App} */ app) {
  const rows = app.state.picked
    .map((id) => app.model.rows.get(id))
    .filter((row) => row !== undefined);
  if (!rows.length) {
    const choose = h(
      "a",
      { class: "button", href: app.link({ view: "works", work: null }) },
      "Choose works",
    );
    return h(
      "section",
      { class: "card" },
      h("h2", {}, "Side by side"),
      blank(
        "Nothing is chosen yet",
        h(
          "span",
          {},
          "Tick works in the list. Their methods, data, code and licences will stand here side by side.",
        ),
        choose,
      ),
    );
  }
  const shown = rows.slice(0, MOST_WORKS);
  const titles = shown.map((row) => app.model.title(row));
  const properties = propertiesOf(app)
    .map(([name, value]) => [name, ...shown.map((row) => value(row) || "–")])
    .filter(([, ...values]) => values.some((value) => value !== "–"));
  const table = [["", ...titles], ...properties];
  const head = shown.map((row, at) =>
    h(
      "th",
      { scope: "col", dir: "auto" },
      h("a", { href: app.link({ work: app.model.ids[row] }) }, titles[at]),
    ),
  );
  const body = properties.map(([name, ...values]) =>
    h(
      "tr",
      { class: values.length > 1 && new Set(values).size === 1 ? "same" : null },
      h("th", { scope: "row" }, name),
      values.map((value) => h("td", { dir: "auto" }, value)),
    ),
  );
  const rest =
    rows.length > shown.length &&
    h(
      "p",
      { class: "soft small" },
      `The first ${MOST_WORKS} of ${number(rows.length)} chosen works are shown.`,
    );
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Side by side"),
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { class: "button", type: "button", onclick: () => app.copy(asMarkdown(table), "Markdown") },
        "Copy as Markdown",
      ),
      h(
        "button",
        { class: "button", type: "button", onclick: () => app.copy(asCsv(table), "CSV") },
        "Copy as CSV",
      ),
    ),
    scroller(
      "Side by side",
      h(
        "table",
        { class: "sides" },
        h("thead", {}, h("tr", {}, h("td"), head)),
        h("tbody", {}, body),
      ),
    ),
    rest,
  );
}

/** Return the names of what is compared, and the functions that give the value of a work. */
function propertiesOf(/** @type {App} */ app) {
  const { model } = app;
  /** @type {(value: (place: number) => string) => (row: number) => string} */
  const ofCode = (value) => (row) => (model.best[row] < 0 ? "" : value(model.best[row]));
  /** @type {[string, (row: number) => string][]} */
  const facets = model.facets
    .filter((facet) => !RESERVED.includes(facet.key))
    .map((facet) => [facet.label, (row) => valuesOf(facet, row).join(", ")]);
  /** @type {[string, (row: number) => string][]} */
  const properties = [
    ["Date", (row) => dateInWords(model.dates[row])],
    ["Venue", (row) => model.venue(row)],
    ["Form", (row) => model.form(row)],
    ...facets,
    ["Code", ofCode((place) => clean(model.names[place]))],
    ["Activity", (row) => STATE_NAMES[model.state(row)]],
    ["Last push", ofCode((place) => model.code("pushed", place))],
    ["Stars", ofCode((place) => number(model.stars[place]))],
    ["Language", ofCode((place) => clean(model.code("language", place)))],
    ["Licence", ofCode((place) => clean(model.code("license", place)))],
    ["Cited by", (row) => number(model.value("cited_by", row))],
  ];
  return properties;
}

function asMarkdown(/** @type {string[][]} */ table) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replace(/([\\`*_[\]<>|])/g, "\\$1")).join(" | ")} |\n`;
  const [head, ...rows] = table;
  return line(head) + line(head.map(() => "---")).replaceAll("\\", "") + rows.map(line).join("");
}

function asCsv(/** @type {string[][]} */ table) {
  return table.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}
