// Small pieces that several views have.
import { sparkline } from "./charts.js";
import { h, spoken } from "./dom.js";
import { NOTICES, STATE_NAMES } from "./model.js";
import { ago, clean, dateInWords, number, short } from "./text.js";

/** @type {Record<string, string>} what readers call the registries of identifiers */
export const SCHEMES = Object.assign(Object.create(null), { doi: "DOI", arxiv: "arXiv" });

/** Return the dot of a state of code, whose word is beside it or shown by the pointer. */
export function stateDot(/** @type {string} */ state) {
  return h("span", { class: `dot ${state}`, title: STATE_NAMES[state] });
}

/** Return a state of code as a dot and its word. */
export function stateMark(/** @type {string} */ state) {
  return [h("span", { class: `dot ${state}` }), STATE_NAMES[state]];
}

/** Return the tags of what is wrong with a work, the worst first. */
export function warnings(/** @type {App} */ app, /** @type {number} */ row) {
  const { model } = app;
  const kinds = new Set(
    model.value("integrity", row).map((/** @type {Notice} */ notice) => notice.kind),
  );
  const order = Object.keys(NOTICES).filter((kind) => kinds.has(kind));
  const tags = order.map((kind) =>
    h("span", { class: kind === "correction" ? "tag warn" : "tag bad" }, NOTICES[kind]),
  );
  const status = model.value("status", row);
  if (status !== "resolved")
    tags.push(
      h("span", { class: `tag ${status}`, title: STATUS[status] }, status.replace("_", " ")),
    );
  const stale = model.value("stale_since", row);
  if (stale)
    tags.push(
      h("span", { class: "tag stale", title: `Could not be renewed since ${stale}` }, "stale"),
    );
  return tags;
}

/** @type {Record<string, string>} */
export const STATUS = {
  provisional:
    "Provisional: no registry has answered for this work yet. Its values come from a snapshot.",
  listed: "Listed: only a list names this work, and no registry has a record of it.",
  not_found: "Not found: no registry has a record of its identifiers.",
};

/** Return the names of a work's people, the first few where there are many. */
export function people(/** @type {string[]} */ names, most = 4) {
  if (!names.length) return "Authors unknown";
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(", ")} and ${rest} more` : names.join(", ");
}

/** Return a repository with its state, stars and last push. */
export function codeSummary(/** @type {App} */ app, /** @type {number} */ row) {
  const { model } = app;
  const place = model.best[row];
  if (place < 0) {
    const text = model.codes[row].length ? "builds on other code" : "no code";
    return h("div", { class: "code soft" }, h("span", {}, h("span", { class: "dot none" }), text));
  }
  const pushed = model.code("pushed", place);
  const isCurrent = pushed && !["gone", "unknown"].includes(model.states[place]);
  return h(
    "div",
    { class: "code" },
    h(
      "a",
      { class: "cut", href: model.address(model.code("id", place)) },
      clean(model.names[place]),
    ),
    h(
      "span",
      { class: "soft" },
      h("span", {}, stateMark(model.states[place])),
      starCount(model.stars[place]),
      sparkline(model.core.history[place], 56, 18),
    ),
    isCurrent && h("span", { class: "soft" }, `${dateInWords(pushed)}, ${ago(pushed)}`),
  );
}

/** Return a number of stars. */
export function starCount(/** @type {number | null} */ stars) {
  if (stars === null) return null;
  return h(
    "span",
    { class: "stars", title: `${number(stars)} stars` },
    h("span", { "aria-hidden": "true" }, "★ "),
    short(stars),
    spoken(" stars"),
  );
}
