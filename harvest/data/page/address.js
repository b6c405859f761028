// The address: everything that is shown stands in it, so that a link gives the same view.

/**
 * @typedef {object} State
 * @property {string} view
 * @property {string} query
 * @property {string} sort
 * @property {Map<string, string[]>} filters the chosen values by facet
 * @property {string | null} work the id of the opened work
 * @property {string[]} picked the ids of the selected works
 * @property {string} rule the rule whose findings are shown
 * @property {string} in the list whose findings are shown
 * @property {string} kind the kind of changes that is shown
 * @property {string} rows the facets that are compared, and what their cells say
 * @property {string} columns
 * @property {string} cells
 * @property {string} order of the repositories
 */

const VIEWS = ["overview", "works", "compare", "code", "changes", "findings"];
/** @type {Record<string, string>} */
const DEFAULTS = {
  q: "",
  sort: "newest",
  rule: "",
  in: "",
  kind: "",
  rows: "",
  columns: "",
  cells: "works",
  order: "stars",
};
const OWN = new Set([...Object.keys(DEFAULTS), "work", "pick"]);

/** Return the parameter for a facet; one that is called as another parameter gets a prefix. */
export function parameter(/** @type {string} */ facet) {
  return OWN.has(facet) || facet.startsWith("facet.") ? `facet.${facet}` : facet;
}

/** Return the state that an address names. Unknown names are left out. */
export function read(/** @type {string} */ hash, /** @type {string[]} */ facets) {
  const [path, query] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const given = new URLSearchParams(query ?? "");
  const text = (/** @type {string} */ name) => given.get(name) ?? DEFAULTS[name];
  /** @type {Map<string, string[]>} */
  const filters = new Map();
  for (const facet of facets) {
    const chosen = given.getAll(parameter(facet));
    if (chosen.length) filters.set(facet, chosen);
  }
  return /** @type {State} */ ({
    view: VIEWS.includes(path) ? path : "overview",
    query: text("q"),
    sort: text("sort"),
    filters,
    work: given.get("work"),
    picked: given.getAll("pick"),
    rule: text("rule"),
    in: text("in"),
    kind: text("kind"),
    rows: text("rows"),
    columns: text("columns"),
    cells: text("cells"),
    order: text("order"),
  });
}

/** Return the address of a state. */
export function write(/** @type {State} */ state) {
  const given = new URLSearchParams();
  /** @type {Fields} */
  const own = { ...state, q: state.query };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (own[name] !== value) given.set(name, own[name]);
  }
  for (const [facet, chosen] of state.filters) {
    for (const value of chosen) given.append(parameter(facet), value);
  }
  for (const id of state.picked) given.append("pick", id);
  if (state.work !== null) given.set("work", state.work);
  const query = given.toString();
  return `#/${state.view}${query ? `?${query}` : ""}`;
}
