// The repositories of the selected works.
import { sparkline } from "./charts.js";
import { blank, fill, h, scroller } from "./dom.js";
import { STATES } from "./model.js";
import { starCount, stateMark } from "./pieces.js";
import { ago, clean, count, dateInWords, number } from "./text.js";

const PART = 100;

/** @typedef {import("./app.js").App} App */

/** Return the columns by name: head, value to sort by, cell, and whether the largest comes first. */
function columns(model, counts) {
  const text = (name) => (place) => clean(model.code(name, place));
  return {
    repository: [
      "Repository",
      (place) => model.names[place].toLowerCase(),
      (place) =>
        h("a", { href: model.address(model.code("id", place)) }, clean(model.names[place])),
      false,
    ],
    stars: [
      "Stars",
      (place) => model.stars[place] ?? -1,
      (place) => starCount(model.stars[place]) ?? "–",
      true,
    ],
    pushed: ["Last push", text("pushed"), (place) => pushed(model.code("pushed", place)), true],
    activity: [
      "Activity",
      (place) => STATES.indexOf(model.states[place]),
      (place) => stateMark(model.states[place]),
      false,
    ],
    language: [
      "Language",
      (place) => text("language")(place).toLowerCase() || "\uffff",
      (place) => text("language")(place) || "–",
      false,
    ],
    licence: [
      "Licence",
      (place) => text("license")(place).toLowerCase() || "\uffff",
      (place) => text("license")(place) || "–",
      false,
    ],
    works: ["Works", (place) => counts.get(place), (place) => number(counts.get(place)), true],
  };
}

function pushed(day) {
  return day ? [dateInWords(day), h("span", { class: "soft" }, `, ${ago(day)}`)] : "–";
}

/** Show the repositories. */
export function drawCode(/** @type {App} */ app, /** @type {Element} */ root) {
  const { model } = app;
  const counts = app.repositories();
  const all = columns(model, counts);
  const [, name, minus] = /^(\w+)(-?)$/.exec(app.state.order) ?? [];
  const order = Object.hasOwn(all, name) ? name : "stars";
  const [, key, , largest] = all[order];
  const sign = Boolean(minus) === largest ? 1 : -1;
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
  fill(root, lead, states(app, places), table(app, all, order, Boolean(minus), places));
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function states(app, places) {
  const sizes = STATES.map((state) => [
    state,
    places.filter((place) => app.model.states[place] === state).length,
  ]);
  const items = sizes
    .filter(([, size]) => size)
    .map(([state, size]) =>
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

function table(app, all, order, isReverse, places) {
  const head = Object.entries(all).map(([name, [title, , , largest]]) => {
    const isOrder = name === order;
    const next = isOrder && !isReverse ? `${name}-` : name;
    const direction = largest !== isReverse ? "descending" : "ascending";
    return h(
      "th",
      { scope: "col", class: name, "aria-sort": isOrder ? direction : null },
      h("a", { href: app.link({ order: next }) }, title),
    );
  });
  const body = h("tbody");
  const more = h("button", { class: "button", type: "button" });
  let shown = 0;
  const show = () => {
    body.append(...places.slice(shown, shown + PART).map((place) => row(app, all, place)));
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

function row(app, all, place) {
  const cells = Object.entries(all).map(([name, [, , cell]]) =>
    h("td", { class: name }, cell(place)),
  );
  return h(
    "tr",
    {},
    cells,
    h("td", { class: "history" }, sparkline(app.model.core.history[place], 110, 24)),
  );
}
