// Facets: what works are filtered by. Each counts the works that a click on a value would give.

/** The facets that every page has; one of a list with such a name gets another key. */
export const RESERVED = [
  "code",
  "year",
  "form",
  "lag",
  "venue",
  "list",
  "record",
  "language",
  "licence",
];

/**
 * A facet holds the numbers of its values for each work: those of work w stand in `items` from
 * `starts[w]` to `starts[w + 1]`.
 * @typedef {object} Facet
 * @property {string} key
 * @property {string} label
 * @property {string[]} values
 * @property {Map<string, number>} places
 * @property {Uint32Array} starts
 * @property {Uint32Array} items
 * @property {Set<number>} chosen
 * @property {Uint32Array} counts
 * @property {boolean} ordered whether values stand in an order of their own, not by their counts
 * @property {(value: string) => string} show
 */

/**
 * Return a facet.
 * @param {string} key
 * @param {string} label
 * @param {string[][]} lists the values of each work; alike works may share a list
 * @param {{order?: string[], show?: (value: string) => string}} [options]
 * @returns {Facet}
 */
export function makeFacet(key, label, lists, options = {}) {
  const places = new Map((options.order ?? []).map((value, place) => [value, place]));
  const starts = new Uint32Array(lists.length + 1);
  /** @type {number[]} */
  const items = [];
  /** @type {Map<string[], number[]>} the numbers of a list, which many works may share */
  const numbers = new Map();
  for (let row = 0; row < lists.length; row++) {
    const list = lists[row];
    let own = numbers.get(list);
    if (!own) {
      own = list.map((value) => numberOf(places, value));
      numbers.set(list, own);
    }
    items.push(...own);
    starts[row + 1] = items.length;
  }
  return {
    key,
    label,
    values: [...places.keys()],
    places,
    starts,
    items: Uint32Array.from(items),
    chosen: new Set(),
    counts: new Uint32Array(places.size),
    ordered: Boolean(options.order),
    show: options.show ?? ((value) => value),
  };
}

/** Return the number of a value, the next one for a new value. */
function numberOf(/** @type {Map<string, number>} */ places, /** @type {string} */ value) {
  const place = places.get(value) ?? places.size;
  places.set(value, place);
  return place;
}

/** Return the numbers of the values that a work has. */
export function itemsOf(/** @type {Facet} */ facet, /** @type {number} */ row) {
  return facet.items.subarray(facet.starts[row], facet.starts[row + 1]);
}

/** Whether a work has a value. */
export function hasValue(/** @type {Facet} */ facet, /** @type {number} */ row) {
  return facet.starts[row] < facet.starts[row + 1];
}

/** Return the values that a work has. */
export function valuesOf(/** @type {Facet} */ facet, /** @type {number} */ row) {
  return [...itemsOf(facet, row)].map((place) => facet.values[place]);
}

/**
 * Return the works that match the search and all facets, in their order, and count the values. A
 * work that one facet alone leaves out counts for the values of that facet.
 * @param {Uint8Array} matches
 * @param {Facet[]} facets
 */
export function select(matches, facets) {
  const failures = new Uint8Array(matches.length);
  const culprits = new Uint8Array(matches.length);
  for (const [number, facet] of facets.entries()) {
    if (facet.chosen.size) judge(facet, number, failures, culprits);
    facet.counts.fill(0);
  }
  const rows = new Uint32Array(matches.length);
  let size = 0;
  for (let row = 0; row < matches.length; row++) {
    if (!matches[row] || failures[row] > 1) continue;
    if (failures[row] === 1) {
      tally(facets[culprits[row]], row);
    } else {
      for (const facet of facets) tally(facet, row);
      rows[size++] = row;
    }
  }
  return rows.subarray(0, size);
}

function judge(
  /** @type {Facet} */ facet,
  /** @type {number} */ number,
  /** @type {Uint8Array} */ failures,
  /** @type {Uint8Array} */ culprits,
) {
  const { starts, items, chosen } = facet;
  const wanted = new Uint8Array(facet.values.length);
  for (const place of chosen) wanted[place] = 1;
  for (let row = 0; row < failures.length; row++) {
    let at = starts[row];
    while (at < starts[row + 1] && !wanted[items[at]]) at++;
    if (at === starts[row + 1]) {
      failures[row]++;
      culprits[row] = number;
    }
  }
}

function tally(/** @type {Facet} */ facet, /** @type {number} */ row) {
  const { starts, items, counts } = facet;
  for (let at = starts[row]; at < starts[row + 1]; at++) counts[items[at]]++;
}

/** Return the numbers of the values that occur, the commonest first unless they have an order. */
export function ranked(/** @type {Facet} */ facet, limit = Infinity) {
  const { counts, chosen, values } = facet;
  const places = [...values.keys()].filter((place) => counts[place] || chosen.has(place));
  if (!facet.ordered) {
    const weight = (/** @type {number} */ place) => (chosen.has(place) ? 1 : 0);
    const byName = (/** @type {any} */ a, /** @type {any} */ b) => (values[a] < values[b] ? -1 : 1);
    places.sort((a, b) => weight(b) - weight(a) || counts[b] - counts[a] || byName(a, b));
  }
  return places.slice(0, limit);
}
