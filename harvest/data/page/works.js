// The list of works: its rows come in parts as the reader scrolls, so that Ctrl+F and print work.
import { byId, fill, h } from "./dom.js";
import { valuesOf } from "./facets.js";
import { filterColumn } from "./filters.js";
import { noMatch } from "./no_match.js";
import { SCHEMES, codeSummary, people, warnings } from "./pieces.js";
import { highlight } from "./search.js";
import { takeAwayMenu } from "./take_away.js";
import { count, dateInWords, number } from "./text.js";

const FIRST = 12;
const PART = 40;
const MOST = 1500;
const SORTS = {
  newest: "Newest first",
  oldest: "Oldest first",
  stars: "Most stars",
  pushed: "Last pushed",
  cited: "Most cited",
  title: "Title",
};
const TAGS = ["method", "modality", "application"];

/** @type {ReturnType<typeof build>} what the view is made of, once it has been shown */
let parts;

/** Show the works. */
export function drawWorks(/** @type {App} */ app, /** @type {Element} */ root) {
  parts ??= build(app, root);
  parts.sort.value = app.state.sort;
  drawList(app);
  parts.filters.draw();
}

/** Show the works at once after a keystroke, and the filters a little later. */
export function drawTyped(/** @type {App} */ app) {
  drawList(app);
  clearTimeout(parts.later);
  parts.later = setTimeout(parts.filters.draw, 80);
}

function build(/** @type {App} */ app, /** @type {Element} */ root) {
  const filters = filterColumn(app);
  const list = h("ol", { class: "list", id: "list" });
  const end = h("div", { class: "end" });
  const total = h("div", { class: "total", role: "status", "aria-live": "polite" });
  const options = Object.entries(SORTS).map(([name, text]) => h("option", { value: name }, text));
  const sort = h(
    "select",
    { "aria-label": "Order", onchange: () => app.go(app.link({ sort: sort.value })) },
    options,
  );
  const toggle = h(
    "button",
    {
      class: "button narrow",
      type: "button",
      "aria-expanded": "false",
      "aria-controls": "filters",
    },
    "Filters",
  );
  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-expanded", String(filters.element.classList.toggle("open")));
  });
  const tools = h(
    "div",
    { class: "tools" },
    total,
    toggle,
    sort,
    takeAwayMenu(app, () => [...app.rows]),
  );
  fill(
    root,
    h("h1", { class: "spoken" }, "Works"),
    h(
      "div",
      { class: "columns" },
      filters.element,
      h("div", { class: "results" }, tools, list, end),
    ),
  );
  const built = { filters, list, end, total, sort, rows: new Uint32Array(), shown: 0, later: 0 };
  const watcher = new IntersectionObserver(
    (entries) => entries[0].isIntersecting && addRows(app, PART),
    { rootMargin: "1000px" },
  );
  watcher.observe(end);
  addEventListener("beforeprint", () => addRows(app, MOST));
  return built;
}

function drawList(/** @type {App} */ app) {
  parts.rows = app.ordered();
  parts.shown = 0;
  fill(parts.list);
  const of = app.isPart ? h("small", {}, ` of ${number(app.model.count)}`) : null;
  fill(parts.total, count(parts.rows.length, "work"), of);
  if (!parts.rows.length) return fill(parts.end, noMatch(app));
  addRows(app, FIRST);
  const rows = parts.rows;
  requestAnimationFrame(() =>
    setTimeout(() => parts.rows === rows && parts.shown === FIRST && addRows(app, PART), 20),
  );
}

function addRows(/** @type {App} */ app, /** @type {number} */ size) {
  const { rows, list, end } = parts;
  const to = Math.min(parts.shown + size, rows.length, MOST);
  if (!rows.length || (to === parts.shown && to < MOST && to < rows.length)) return;
  const fresh = [...rows.subarray(parts.shown, to)].map((row) => workRow(app, row));
  list.append(...fresh);
  parts.shown = to;
  const rest = rows.length - to;
  const limit = `The first ${number(MOST)} of ${number(rows.length)} are shown. Narrow the search, or take all of them away.`;
  fill(end, rest && to === MOST ? limit : rest ? "…" : to > FIRST && "That is all of them.");
}

/** Return a work as an item of the list. */
function workRow(/** @type {App} */ app, /** @type {number} */ row) {
  const { model } = app;
  const id = model.ids[row];
  const title = model.title(row);
  const name = highlight(title, app.terms).map((part) =>
    typeof part === "string" ? part : h("mark", {}, part.match),
  );
  const box = h("input", {
    type: "checkbox",
    "aria-label": `Select ${title.slice(0, 90)}`,
    checked: app.state.picked.includes(id),
    onchange: () => app.pick(id),
  });
  const facts = [
    dateInWords(model.dates[row]?.slice(0, 7)),
    isVenueOfScheme(model, row) ? "" : model.venue(row),
    citations(model.value("cited_by", row)),
  ];
  return h(
    "li",
    { class: "work", "data-id": id },
    box,
    h(
      "div",
      { class: "about" },
      h("div", { class: "warnings" }, warnings(app, row)),
      h("h2", { dir: "auto" }, h("a", { href: app.link({ work: id, view: "works" }) }, name)),
      h("p", { class: "by" }, people(model.authors(row))),
      h(
        "p",
        { class: "facts" },
        facts.filter(Boolean).map((fact) => h("span", { class: "cut", dir: "auto" }, fact)),
        source(app, row, title),
      ),
      h(
        "p",
        { class: "tags" },
        TAGS.map((key) => facetTags(app, key, row)),
      ),
    ),
    codeSummary(app, row),
  );
}

function citations(/** @type {number | null} */ value) {
  if (!value) return "";
  return value === 1 ? "cited once" : `cited ${number(value)} times`;
}

/** Whether the venue is the archive that the link to the work names anyway. */
function isVenueOfScheme(/** @type {Model} */ model, /** @type {number} */ row) {
  return model.venue(row).toLowerCase() === model.ids[row].split(":")[0];
}

function source(/** @type {App} */ app, /** @type {number} */ row, /** @type {string} */ title) {
  const address = app.model.address(app.model.ids[row]);
  if (!address) return null;
  const scheme = app.model.ids[row].split(":")[0];
  return h(
    "a",
    { href: address },
    SCHEMES[scheme] ?? "page",
    h("span", { class: "spoken" }, ` of ${title.slice(0, 90)}`),
  );
}

function facetTags(/** @type {App} */ app, /** @type {string} */ key, /** @type {number} */ row) {
  const facet = app.model.byKey.get(key);
  if (!facet) return null;
  return valuesOf(facet, row).map((value) =>
    h(
      "a",
      {
        class: "term",
        href: app.linkTo({ [key]: value }),
        "aria-label": `${value}: works with this ${facet.label.toLowerCase()}`,
      },
      value,
    ),
  );
}

/** Move to the next or previous work of the list. */
export function moveInList(/** @type {number} */ step) {
  const links = [...byId("list").querySelectorAll("h2 a")];
  const at = links.indexOf(document.activeElement);
  const next = links[Math.max(0, Math.min(links.length - 1, at + step))];
  next?.focus({ preventScroll: true });
  next?.closest("li").scrollIntoView({ block: "nearest" });
}
