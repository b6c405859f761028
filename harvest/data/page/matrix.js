// Two facets crossed: a table whose cells are links to the works behind them.
import { h, scroller } from "./dom.js";
import { ranked } from "./facets.js";
import { pairs } from "./statistics.js";
import { SMALLEST_WHOLE, count, number, short } from "./text.js";

const SHADES = 5;

/**
 * Return the table.
 * @param {import("./app.js").App} app
 * @param {import("./facets.js").Facet} first
 * @param {import("./facets.js").Facet} second
 * @param {{rows: number, columns: number, cells?: string}} options cells: works, living, share
 */
export function matrix(app, first, second, options) {
  const kind = options.cells ?? "works";
  const counts = pairs(app.model, app.rows, first, second);
  const [rows, columns] = [ranked(first, options.rows), ranked(second, options.columns)];
  const size = (a, b) => value(counts(a, b), kind);
  const most = Math.max(1, ...rows.flatMap((a) => columns.map((b) => size(a, b) ?? 0)));
  const head = columns.map((b) =>
    h(
      "th",
      { scope: "col", title: second.show(second.values[b]) },
      h("span", { dir: "auto" }, second.show(second.values[b])),
    ),
  );
  const body = rows.map((a) =>
    h(
      "tr",
      {},
      h(
        "th",
        { scope: "row", dir: "auto", title: first.show(first.values[a]) },
        first.show(first.values[a]),
      ),
      columns.map((b) =>
        h("td", {}, cell(app, first, second, [a, b], { ...counts(a, b), kind, most })),
      ),
    ),
  );
  const hidden = (facet, places) => {
    const size = ranked(facet).length - places.length;
    return size > 0 && `${number(size)} more of ${facet.label.toLowerCase()}`;
  };
  const left = [hidden(first, rows), hidden(second, columns)].filter(Boolean);
  return [
    scroller(
      `${first.label} by ${second.label}`,
      h(
        "table",
        { class: "matrix" },
        h("thead", {}, h("tr", {}, h("td"), head)),
        h("tbody", {}, body),
      ),
    ),
    left.length > 0 &&
      h("p", { class: "soft small" }, `The largest are shown, without ${left.join(" and ")}.`),
  ];
}

/** Return what a cell counts; null where a share would say nothing. */
function value({ works, living }, kind) {
  if (kind === "works") return works;
  if (kind === "living") return living;
  return works < SMALLEST_WHOLE ? null : Math.round((100 * living) / works);
}

function cell(app, first, second, [a, b], { works, living, kind, most }) {
  const size = value({ works, living }, kind);
  if (!works) return h("span", { class: "shade0" }, "·");
  if (size === null)
    return h(
      "span",
      { class: "shade0", title: `${count(works, "work")}: too few for a share` },
      "–",
    );
  const shade = size
    ? 1 + Math.min(SHADES - 1, Math.floor(SHADES * Math.sqrt(size / most) - 0.001))
    : 0;
  const filters = { [first.key]: first.values[a], [second.key]: second.values[b] };
  const code = kind === "works" ? {} : { code: ["active", "slow"] };
  const words =
    kind === "share"
      ? `${size} % of ${count(works, "work")} with living code`
      : count(size, "work");
  const text = kind === "share" ? `${size} %` : short(size);
  const name = `${first.show(first.values[a])}, ${second.show(second.values[b])}: ${text}, ${words}`;
  if (!size) return h("span", { class: "shade0", title: name }, text);
  return h(
    "a",
    {
      class: `shade${shade}`,
      href: app.linkTo({ ...filters, ...code }),
      title: name,
      "aria-label": name,
    },
    text,
  );
}
