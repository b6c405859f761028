// What is shown where no work matches: what to drop so that something is left.
import { blank, h } from "./dom.js";
import { itemsOf } from "./facets.js";
import { scan } from "./search.js";
import { clean, count } from "./text.js";

/** Return what stands in place of a view while there are no works at all. */
export function noWorks() {
  const advice =
    "Name a list in harvest.toml and run harvest refresh. What it names will stand here.";
  return [
    h("h1", { class: "spoken" }, "No works yet"),
    blank("No works yet", h("span", {}, advice)),
  ];
}

/** Return a box that says why no work matches, and what to drop. */
export function noMatch(/** @type {App} */ app) {
  const drops = dropSuggestions(app);
  const links = drops.map(({ text, address, size }) =>
    h("li", {}, h("a", { href: address }, text), ` leaves ${count(size, "work")}`),
  );
  const advice = drops.length
    ? h("ul", {}, links)
    : h("span", {}, "A part of a word is enough: “synth” matches synthesis and synthetic.");
  const clear = app.link({ query: "", filters: new Map() });
  return blank(
    "No work matches.",
    advice,
    h("a", { class: "button", href: clear }, "Clear search and filters"),
  );
}

/** Return what can be dropped so that something is left: a word of the search, or a filter. */
function dropSuggestions(/** @type {App} */ app) {
  const { model, terms } = app;
  const passes = (/** @type {number} */ row, /** @type {Facet | null} */ without) =>
    model.facets.every(
      (facet) =>
        facet === without ||
        !facet.chosen.size ||
        itemsOf(facet, row).some((it) => facet.chosen.has(it)),
    );
  const size = (/** @type {Term[]} */ wanted, /** @type {Facet | null} */ without) => {
    const matches = scan(model.texts.all(), wanted);
    return matches.reduce((sum, match, row) => sum + Number(match && passes(row, without)), 0);
  };
  const words = terms.map((term) => {
    const rest = terms.filter((it) => it !== term);
    const query = rest.map((it) => it.written).join(" ");
    return {
      text: `Without ${clean(term.written)}`,
      address: app.link({ query }),
      size: size(rest, null),
    };
  });
  const filters = model.facets
    .filter((facet) => facet.chosen.size)
    .map((facet) => ({
      text: `Any ${facet.label.toLowerCase()}`,
      address: app.linkTo({ [facet.key]: null }),
      size: size(terms, facet),
    }));
  return [...words, ...filters].filter((it) => it.size).sort((a, b) => b.size - a.size);
}
