// The column of filters, and the chips of those that are set.
import { fill, h, spoken } from "./dom.js";
import { ranked } from "./facets.js";
import { number } from "./text.js";

const FIRST = 8;
const OPEN = new Set(["code", "year", "method", "modality"]);

/** Return the column of filters; `draw` shows the counts of the moment. */
export function filterColumn(/** @type {App} */ app) {
  const boxes = app.model.facets.map((facet) =>
    facet.key === "year" ? yearBox(app, facet) : facetBox(app, facet),
  );
  const draw = () => {
    for (const box of boxes) box.draw();
  };
  return {
    element: h(
      "aside",
      { class: "filters", id: "filters", "aria-label": "Filters" },
      boxes.map((box) => box.element),
    ),
    draw,
  };
}

function facetBox(/** @type {App} */ app, /** @type {Facet} */ facet) {
  const list = h("ul");
  const isOpen = OPEN.has(facet.key) || facet.chosen.size > 0;
  const element = h(
    "details",
    { class: "facet", open: isOpen },
    h("summary", {}, facet.label),
    list,
  );
  let all = false;
  const draw = () => {
    if (!element.open) return;
    const focus = list.querySelector("button:focus")?.getAttribute("data-place");
    const places = ranked(facet);
    const shown = all ? places : places.slice(0, FIRST);
    const more = places.length - shown.length;
    const showAll = () => {
      all = true;
      draw();
    };
    fill(
      list,
      shown.map((place) => h("li", {}, valueButton(app, facet, place))),
      more > 0 &&
        h(
          "li",
          {},
          h("button", { class: "more", type: "button", onclick: showAll }, `${number(more)} more`),
        ),
    );
    const button = /** @type {HTMLElement | null} */ (
      focus && list.querySelector(`[data-place="${focus}"]`)
    );
    button?.focus();
  };
  element.addEventListener("toggle", draw);
  return { element, draw };
}

function valueButton(
  /** @type {App} */ app,
  /** @type {Facet} */ facet,
  /** @type {number} */ place,
) {
  const value = facet.values[place];
  const dot = facet.key === "code" && h("span", { class: `dot ${value}` });
  const attributes = {
    type: "button",
    "data-place": place,
    "aria-pressed": String(facet.chosen.has(place)),
    class: facet.counts[place] ? "value" : "value zero",
    onclick: () => app.toggle(facet.key, value),
  };
  return h(
    "button",
    attributes,
    h("span", { class: "name", dir: "auto" }, dot, facet.show(value)),
    h("b", {}, number(facet.counts[place])),
  );
}

function yearBox(/** @type {App} */ app, /** @type {Facet} */ facet) {
  const { values } = facet;
  const last = values.length - 1;
  const bars = values.map(() => h("i"));
  const options = () => values.map((year, place) => h("option", { value: place }, year));
  const choose = (/** @type {number} */ from, /** @type {number} */ to) => {
    const range = from === 0 && to === last ? null : `${values[from]}..${values[to]}`;
    app.go(app.linkTo({ year: range }, app.state.view));
  };
  const bounds = () =>
    facet.chosen.size ? [Math.min(...facet.chosen), Math.max(...facet.chosen)] : [0, last];
  const from = h(
    "select",
    {
      "aria-label": "From year",
      onchange: () => choose(+from.value, Math.max(+from.value, bounds()[1])),
    },
    options(),
  );
  const to = h(
    "select",
    {
      "aria-label": "To year",
      onchange: () => choose(Math.min(+to.value, bounds()[0]), +to.value),
    },
    options(),
  );
  const chart = h("div", { class: "years", "aria-hidden": "true" }, bars);
  const draw = () => {
    const most = Math.max(1, ...facet.counts);
    const [low, high] = bounds();
    from.value = String(low);
    to.value = String(high);
    bars.forEach((bar, place) => {
      bar.style.height = `${Math.round((100 * facet.counts[place]) / most)}%`;
      bar.className = place >= low && place <= high ? "" : "off";
    });
  };
  const element = h(
    "details",
    { class: "facet", open: true },
    h("summary", {}, facet.label),
    chart,
    h("div", { class: "span" }, from, h("span", {}, "to"), to),
  );
  return { element, draw };
}

/** Show a chip for each filter and the search; a click on one takes it away. */
export function drawChips(/** @type {App} */ app, /** @type {Element} */ root) {
  const chips = [];
  if (app.state.query && app.state.view !== "works")
    chips.push(chip("Search", app.state.query, app.link({ query: "" })));
  for (const facet of app.model.facets) {
    const chosen = app.chosen(facet.key);
    if (facet.key === "year" && chosen.length > 1) {
      chips.push(
        chip(
          facet.label,
          `${chosen[0]} to ${chosen[chosen.length - 1]}`,
          app.linkTo({ year: null }, app.state.view),
        ),
      );
      continue;
    }
    for (const value of chosen) {
      const rest = chosen.filter((it) => it !== value);
      chips.push(
        chip(
          facet.label,
          facet.show(value),
          app.linkTo({ [facet.key]: rest.length ? rest : null }, app.state.view),
        ),
      );
    }
  }
  const none = app.link({ query: "", filters: new Map(), work: null });
  if (chips.length) chips.push(h("a", { class: "clear", href: none }, "Clear all"));
  fill(root, chips);
}

function chip(
  /** @type {string} */ label,
  /** @type {string} */ value,
  /** @type {string} */ address,
) {
  const remove = [
    h("span", { class: "cross", "aria-hidden": "true" }, "×"),
    spoken(", take this filter away"),
  ];
  return h(
    "a",
    { class: "chip", href: address },
    h("b", {}, label),
    " ",
    h("span", { dir: "auto", class: "cut" }, value),
    remove,
  );
}
