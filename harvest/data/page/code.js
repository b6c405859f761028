// The repositories of the selected works.
import { sparkline } from "./charts.js";
import { blank, fill, h, scroller } from "./dom.js";
import { STATES } from "./model.js";
import { starCount, stateMark } from "./pieces.js";
import { ago, clean, count, dateInWords, number } from "./text.js";

const PART = 100;
const AFTER_ALL_OTHERS = "\uffff";

/**
 * A column of the table: what stands in it, and the value that it is sorted by.
 * @typedef {object} CodeColumn
 * @property {string} title
 * @property {(place: number) => any} key
 * @property {(place: number) => any} cell
 * @property {boolean} [isLargestFirst]
 */

/**
 * Return the columns by name.
 * @param {Model} model
 * @param {Map<number, number>} counts the works of each repository
 * @param {(place: number) => string} works the address of the works of a repository
 * @returns {Record<string, CodeColumn>}
 */
function columnsOf(model, counts, works) {
  const text = (/** @type {string} */ name) => ({
    key: (/** @type {number} */ place) =>
      clean(model.code(name, place)).toLowerCase() || AFTER_ALL_OTHERS,
    cell: (/** @type {number} */ place) => clean(model.code(name, place)) || "–",
  });
  return {
    repository: {
      title: "Repository",
      key: (place) => model.names[place].toLowerCase(),
      cell: (place) =>
        h("a", { href: model.address(model.code("id", place)) }, clean(model.names[place])),
    },
    stars: {
      title: "Stars",
      key: (place) => model.stars[place] ?? -1,
      cell: (place) => starCount(model.stars[place]) ?? "–",
      isLargestFirst: true,
    },
    pushed: {
      title: "Last push",
      key: (place) => model.code("pushed", place),
      cell: (place) => pushed(model.code("pushed", place)),
      isLargestFirst: true,
    },
    activity: {
      title: "Activity",
      key: (place) => STATES.indexOf(model.states[place]),
      cell: (place) => stateMark(model.states[place]),
    },
    language: { title: "Language", ...text("language") },
    licence: { title: "Licence", ...text("license") },
    works: {
      title: "Works",
      key: (place) => counts.get(place),
      cell: (place) => h("a", { href: works(place) }, number(counts.get(place))),
      isLargestFirst: true,
    },
  };
}

function pushed(/** @type {string} */ day) {
  return day ? [dateInWords(day), h("span", { class: "soft" }, `, ${ago(day)}`)] : "–";
}

/** Show the repositories. */
export function drawCode(/** @type {App} */ app, /** @type {Element} */ root) {
  const { model } = app;
  const counts = app.repositories();
  const columns = columnsOf(model, counts, (place) => app.worksOf(place));
  const [, name, minus] = /^(\w+)(-?)$/.exec(app.state.order) ?? [];
  const order = Object.hasOwn(columns, name) ? name : "stars";
  const { key, isLargestFirst = false } = columns[order];
  const sign = Boolean(minus) === isLargestFirst ? 1 : -1;
  const keys = new Map([...counts.keys()].map((place) => [place, key(place)]));
  const places = [...counts.keys()].sort(
    (a, b) => sign * compare(keys.get(a), keys.get(b)) || a - b,
  );
  const lead = h(
    "div",
    { class: "lead" },
    h("h1", {}, count(places.length, "repository", "repositories")),
    h("p", {}, "The code that the lists name for the selected works, as its host describes it."),
  );
  if (!places.length)
    return fill(
      root,
      lead,
      blank("No code", h("span", {}, "None of these works has a repository in its lists.")),
    );
  fill(
    root,
    lead,
    states(app, places),
    table(app, columns, { order, isReverse: Boolean(minus) }, places),
  );
}

function compare(/** @type {any} */ a, /** @type {any} */ b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function states(/** @type {App} */ app, /** @type {number[]} */ places) {
  const sizes = STATES.map((state) => ({
    state,
    size: places.filter((place) => app.model.states[place] === state).length,
  }));
  const items = sizes
    .filter(({ size }) => size)
    .map(({ state, size }) =>
      h(
        "li",
        {},
        h(
          "a",
          { href: app.linkTo({ code: state }, "code") },
          stateMark(state),
          h("b", {}, number(size)),
        ),
      ),
    );
  return h("ul", { class: "states" }, items);
}

/**
 * @param {App} app
 * @param {Record<string, CodeColumn>} columns
 * @param {{order: string, isReverse: boolean}} sorting
 * @param {number[]} places
 */
function table(app, columns, { order, isReverse }, places) {
  const head = Object.entries(columns).map(([name, { title, isLargestFirst = false }]) => {
    const isOrder = name === order;
    const next = isOrder && !isReverse ? `${name}-` : name;
    const direction = isLargestFirst !== isReverse ? "descending" : "ascending";
    return h(
      "th",
      { scope: "col", class: name, "aria-sort": isOrder ? direction : null },
      h("a", { id: `order-${name}`, href: app.link({ order: next }) }, title),
    );
  });
  const body = h("tbody");
  const more = h("button", { class: "button", type: "button" });
  let shown = 0;
  const show = () => {
    body.append(...places.slice(shown, shown + PART).map((place) => row(app, columns, place)));
    shown += PART;
    more.textContent = `Show more of ${number(places.length)}`;
    more.hidden = shown >= places.length;
  };
  more.addEventListener("click", show);
  show();
  const history = h("th", { scope: "col", class: "history" }, "Stars over time");
  return [
    scroller(
      "Repositories",
      h("table", { class: "table code-table" }, h("thead", {}, h("tr", {}, head, history)), body),
    ),
    h("div", { class: "end" }, more),
  ];
}

/**
 * @param {App} app
 * @param {Record<string, CodeColumn>} columns
 * @param {number} place
 */
function row(app, columns, place) {
  const cells = Object.entries(columns).map(([name, { cell }]) =>
    h("td", { class: name }, cell(place)),
  );
  return h(
    "tr",
    {},
    cells,
    h("td", { class: "history" }, sparkline(app.model.core.history[place], 110, 24)),
  );
}
