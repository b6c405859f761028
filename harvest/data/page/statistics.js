// Counts behind the figures. A work is counted once in each; nothing is drawn here.
import { itemsOf } from "./facets.js";
import { STATES } from "./model.js";
import { dayNumber, median, monthsBetween } from "./text.js";

const MOST_YEARS = 14;
const LAST_BIN = 36;

/** @typedef {import("./model.js").Model} Model */

/** Return the years of works that a figure has columns for: at most the last fourteen. */
export function yearsOf(/** @type {Model} */ model, /** @type {Uint32Array} */ rows) {
  let [first, last] = [Infinity, -Infinity];
  for (const row of rows) {
    const year = model.years[row];
    if (year) [first, last] = [Math.min(first, year), Math.max(last, year)];
  }
  if (first > last) return [];
  const from = Math.max(first, last - MOST_YEARS + 1);
  return Array.from({ length: last - from + 1 }, (_, at) => from + at);
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
export function termsByYear(model, rows, years, facet, places) {
  const counts = years.map(() => new Array(places.length + 1).fill(0));
  for (const row of rows) {
    const column = counts[model.years[row] - years[0]];
    if (!column) continue;
    const at = places.indexOf(itemsOf(facet, row)[0]);
    column[at < 0 ? places.length : at]++;
  }
  return counts;
}

/** Return how many works have, can have, and live on in code. */
export function codeTotals(/** @type {Model} */ model, /** @type {Uint32Array} */ rows) {
  const totals = { withCode: 0, living: 0, unchecked: 0 };
  for (const row of rows) {
    const state = model.state(row);
    if (state === "none") continue;
    totals.withCode++;
    if (state === "active" || state === "slow") totals.living++;
    if (state === "unknown") totals.unchecked++;
  }
  return { ...totals, isKnown: totals.withCode > 0 && totals.unchecked * 2 <= totals.withCode };
}

/** Return the months from preprint to publication: all, in bins of one, and by venue. */
export function publicationLags(/** @type {Model} */ model, /** @type {Uint32Array} */ rows) {
  const result = {
    preprints: 0,
    published: 0,
    lags: /** @type {number[]} */ ([]),
    bins: new Array(LAST_BIN + 1).fill(0),
  };
  /** @type {Map<string, number[]>} */
  const byVenue = new Map();
  for (const row of rows) {
    const [preprint, published] = [model.value("preprint", row), model.value("published", row)];
    if (preprint === null) continue;
    result.preprints++;
    if (published === null) continue;
    result.published++;
    const months = monthsBetween(preprint, published);
    if (months === null) continue;
    result.lags.push(months);
    result.bins[Math.min(LAST_BIN, Math.floor(months))]++;
    const venue = model.venue(row);
    if (!byVenue.has(venue)) byVenue.set(venue, []);
    byVenue.get(venue).push(months);
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
 * Return how many works have each pair of values of two facets, and how many of them living code.
 * @param {Model} model
 * @param {Uint32Array} rows
 * @param {import("./facets.js").Facet} first
 * @param {import("./facets.js").Facet} second
 */
export function pairs(model, rows, first, second) {
  /** @type {Map<number, {works: number, living: number}>} */
  const cells = new Map();
  for (const row of rows) {
    const isLiving = ["active", "slow"].includes(model.state(row));
    for (const a of itemsOf(first, row)) {
      for (const b of itemsOf(second, row)) {
        const key = a * second.values.length + b;
        if (!cells.has(key)) cells.set(key, { works: 0, living: 0 });
        const cell = cells.get(key);
        cell.works++;
        if (isLiving) cell.living++;
      }
    }
  }
  return (/** @type {number} */ a, /** @type {number} */ b) =>
    cells.get(a * second.values.length + b) ?? { works: 0, living: 0 };
}

/** Return the repositories that gained most stars in the month before their last count. */
export function rising(/** @type {Model} */ model, /** @type {Iterable<number>} */ places) {
  const gains = [];
  for (const place of places) {
    const history = model.core.history[place];
    if (!history) continue;
    const [, days, stars] = history;
    const last = days.length - 1;
    const start = Math.max(
      0,
      days.findIndex((day) => day >= days[last] - 31),
    );
    const from = start === last ? last - 1 : start;
    gains.push({ place, gain: stars[last] - stars[from], days: days[last] - days[from] });
  }
  return gains.filter((it) => it.gain > 0).sort((a, b) => b.gain - a.gain);
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
