// Counts behind the figures. A work is counted once in each; nothing is drawn here.
import { itemsOf } from "./facets.js";
import { LAG_BINS, LAG_STEP, STATES } from "./model.js";
import { dayNumber, median, sum } from "./text.js";

const MOST_YEARS = 14;
const SMALL_SHARE = 0.05;

/**
 * How many works there are: with code of their own, with living one, and with one of which nobody
 * has asked its host.
 * @typedef {{works: number, withCode: number, living: number, unchecked: number}} Cell
 */

const NOTHING = Object.freeze({ works: 0, withCode: 0, living: 0, unchecked: 0 });

/**
 * The years that figures have columns for: at most the last fourteen, and none of the first that
 * together have fewer than a twentieth of the works. `earlier` is the number of works before them.
 * @typedef {{first: number, last: number, years: number[], earlier: number}} Period
 */

/**
 * Return the years of works.
 * @param {Model} model
 * @param {Uint32Array} rows
 * @returns {Period}
 */
export function periodOf(model, rows) {
  /** @type {Map<number, number>} */
  const sizes = new Map();
  for (const row of rows) {
    const year = model.years[row];
    if (year) sizes.set(year, (sizes.get(year) ?? 0) + 1);
  }
  if (!sizes.size) return { first: 0, last: 0, years: [], earlier: 0 };
  const [first, last] = [Math.min(...sizes.keys()), Math.max(...sizes.keys())];
  const few = sum([...sizes.values()]) * SMALL_SHARE;
  let start = first;
  let earlier = 0;
  for (; start < last; start++) {
    const more = earlier + (sizes.get(start) ?? 0);
    if (more > few && last - start < MOST_YEARS) break;
    earlier = more;
  }
  const years = Array.from({ length: last - start + 1 }, (_, at) => start + at);
  return { first, last, years, earlier };
}

/** Return for each year how many works have code in each state. */
export function codeByYear(
  /** @type {Model} */ model,
  /** @type {Uint32Array} */ rows,
  /** @type {number[]} */ years,
) {
  const counts = years.map(() => STATES.map(() => 0));
  for (const row of rows) {
    const column = counts[model.years[row] - years[0]];
    if (column) column[STATES.indexOf(model.state(row))]++;
  }
  return counts;
}

/** Return for each year how many works have each of the first terms of a facet; the rest is last. */
export function termsByYear(
  /** @type {Model} */ model,
  /** @type {Uint32Array} */ rows,
  /** @type {number[]} */ years,
  /** @type {Facet} */ facet,
  /** @type {number[]} */ places,
) {
  const counts = years.map(() => new Array(places.length + 1).fill(0));
  for (const row of rows) {
    const column = counts[model.years[row] - years[0]];
    if (!column) continue;
    const at = places.indexOf(itemsOf(facet, row)[0]);
    column[at < 0 ? places.length : at]++;
  }
  return counts;
}

/** Return how many works have code, and in which state. */
export function codeTotals(/** @type {Model} */ model, /** @type {Uint32Array} */ rows) {
  const totals = { ...NOTHING };
  for (const row of rows) addState(totals, model.state(row));
  return { ...totals, isKnown: isKnown(totals) };
}

function addState(/** @type {Cell} */ totals, /** @type {string} */ state) {
  totals.works++;
  if (state === "none") return;
  totals.withCode++;
  if (state === "active" || state === "slow") totals.living++;
  if (state === "unknown") totals.unchecked++;
}

/** Whether most of the code has been checked, without which its state says nothing. */
export function isKnown(/** @type {Cell} */ totals) {
  return totals.withCode > 0 && totals.unchecked * 2 <= totals.withCode;
}

/** Return the months from preprint to publication: all, in bins, and by venue. */
export function publicationLags(/** @type {Model} */ model, /** @type {Uint32Array} */ rows) {
  const result = {
    preprints: 0,
    published: 0,
    unchecked: 0, // preprints for which no registry has answered
    lags: /** @type {number[]} */ ([]),
    bins: LAG_BINS.map(() => 0),
  };
  /** @type {Map<string, number[]>} */
  const byVenue = new Map();
  for (const row of rows) {
    const [preprint, published] = [model.value("preprint", row), model.value("published", row)];
    if (preprint === null) continue;
    result.preprints++;
    if (published === null) {
      if (model.value("status", row) !== "resolved") result.unchecked++;
      continue;
    }
    result.published++;
    const months = model.lag(row);
    if (months === null) continue;
    result.lags.push(months);
    result.bins[Math.min(LAG_BINS.length - 1, Math.floor(months / LAG_STEP))]++;
    const venue = model.venue(row);
    const others = byVenue.get(venue) ?? [];
    byVenue.set(venue, others);
    others.push(months);
  }
  const venues = [...byVenue].filter(([venue, months]) => venue && months.length >= 5);
  venues.sort((a, b) => b[1].length - a[1].length);
  const slowest = venues
    .slice(0, 6)
    .map(([venue, months]) => ({ venue, size: months.length, months: median(months) }));
  return {
    ...result,
    venues: slowest.sort((a, b) => a.months - b.months),
    middle: result.lags.length ? median(result.lags) : 0,
  };
}

/**
 * Two facets crossed: the works that have a value of each, and the pair that most works have.
 * @typedef {object} Crossing
 * @property {Facet} first
 * @property {Facet} second
 * @property {(a: number, b: number) => Cell} cell
 * @property {[number, number]} largest
 */

/**
 * Count the works of each pair of values of two facets.
 * @param {Model} model
 * @param {Uint32Array} rows
 * @param {Facet} first
 * @param {Facet} second
 * @returns {Crossing}
 */
export function cross(model, rows, first, second) {
  /** @type {Map<number, Cell>} */
  const cells = new Map();
  const size = second.values.length;
  let largest = -1;
  for (const row of rows) {
    const state = model.state(row);
    for (const a of itemsOf(first, row)) {
      for (const b of itemsOf(second, row)) {
        const key = a * size + b;
        const cell = cells.get(key) ?? { works: 0, withCode: 0, living: 0, unchecked: 0 };
        cells.set(key, cell);
        addState(cell, state);
        if (cell.works > (cells.get(largest)?.works ?? 0)) largest = key;
      }
    }
  }
  return {
    first,
    second,
    cell: (a, b) => cells.get(a * size + b) ?? NOTHING,
    largest: [Math.floor(largest / size), largest % size],
  };
}

/** Return how many repositories were counted twice, and which gained stars in the last month. */
export function rising(/** @type {Model} */ model, /** @type {Iterable<number>} */ places) {
  const gains = [];
  let counted = 0;
  for (const place of places) {
    const history = model.core.history[place];
    if (!history) continue;
    counted++;
    const [, days, stars] = history;
    const last = days.length - 1;
    const start = Math.max(
      0,
      days.findIndex((/** @type {number} */ day) => day >= days[last] - 31),
    );
    const from = start === last ? last - 1 : start;
    gains.push({ place, gain: stars[last] - stars[from], days: days[last] - days[from] });
  }
  const rising = gains.filter((it) => it.gain > 0).sort((a, b) => b.gain - a.gain);
  return { counted, gains: rising };
}

/** Return the age in years and the stars of each repository that has both. */
export function agesAndStars(/** @type {Model} */ model, /** @type {Iterable<number>} */ places) {
  const today = dayNumber(model.core.as_of);
  const dots = [];
  for (const place of places) {
    const [stars, created] = [model.stars[place], model.code("created", place)];
    if (stars && created && today > 0)
      dots.push({ place, stars, age: Math.max(0, (today - dayNumber(created)) / 365.25) });
  }
  return dots;
}
