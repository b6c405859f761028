// The dataset as the views read it, made of the columns of the part `core`.
import { mapped, valueAt, values } from "./codec.js";
import { RESERVED, makeFacet } from "./facets.js";
import { pageOf } from "./identifiers.js";
import { SearchTexts } from "./search_texts.js";
import { clean, dayNumber, fold, label, monthsBetween } from "./text.js";

export const STATES = ["active", "slow", "dormant", "archived", "empty", "gone", "unknown", "none"];
/** @type {Record<string, string>} */
export const STATE_NAMES = {
  active: "active",
  slow: "slow",
  dormant: "dormant",
  archived: "archived",
  empty: "empty",
  gone: "gone",
  unknown: "not checked",
  none: "no code",
};
/** @type {Record<string, string>} */
export const NOTICES = {
  retraction: "Retracted",
  withdrawal: "Withdrawn",
  expression_of_concern: "Expression of concern",
  correction: "Corrected",
};
export const LAG_STEP = 3; // months
/** The times from preprint to publication: "0 to 2 months" and so on. */
export const LAG_BINS = Array.from({ length: 12 }, (_, bin) => {
  const first = bin * LAG_STEP;
  return `${first} to ${first + LAG_STEP - 1} months`;
}).concat(`${12 * LAG_STEP} months or more`);
export const FLAGGED = "retracted or flagged";
const FORMS = ["published", "preprint only", "other"];
const MOST_YEARS = 60; // of the filter
const FIRST_FACETS = ["method", "modality", "application", "dataset"];

function rankOf(/** @type {string} */ facet) {
  const rank = FIRST_FACETS.indexOf(facet);
  return rank < 0 ? FIRST_FACETS.length : rank;
}

/**
 * Return the function that makes clean values of a list, each once. For equal lists it returns the
 * same list, because many works have the same values.
 * @returns {(values: (string | null)[]) => string[]}
 */
function tidier() {
  /** @type {Map<string | null, string[]>} lists of one value by the value */
  const single = new Map();
  /** @type {Map<string, string[]>} other lists by their JSON */
  const others = new Map();
  return (values) => {
    const isSingle = values.length === 1;
    const key = isSingle ? values[0] : JSON.stringify(values);
    const known = isSingle ? single : others;
    const list = known.get(key) ?? [...new Set(values.map(clean).filter(Boolean))];
    known.set(key, list);
    return list;
  };
}

/** Return years with those between them, so that an axis has no leaps, unless there are too many. */
function withGaps(/** @type {number[]} */ years) {
  const [first, last] = [years[0], years[years.length - 1]];
  if (!(last - first < MOST_YEARS)) return years;
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function yearOf(/** @type {string | null} */ date) {
  return Number(date?.slice(0, 4) ?? 0);
}

/** The dataset: works and repositories by their number. */
export class Model {
  constructor(/** @type {any} */ core) {
    this.core = core;
    this.works = core.works;
    this.repositories = core.repositories;
    this.count = core.sizes.works;
    this.ids = values(core.works.id, this.count);
    this.titles = values(core.works.title, this.count);
    this.dates = values(core.works.date, this.count);
    this.rows = new Map(this.ids.map((id, row) => [id, row]));
    this.codeCount = core.sizes.repositories;
    this.names = values(core.repositories.id, this.codeCount).map((id) =>
      id.slice(id.indexOf(":") + 1),
    );
    this.states = values(core.repositories.activity, this.codeCount);
    this.stars = values(core.repositories.stars, this.codeCount);
    this.codes = values(core.works.repositories, this.count);
    this.best = Int32Array.from(
      mapped(core.works.repositories, this.count, (codes) => this.#bestOf(codes)),
    );
    this.days = Float64Array.from(mapped(core.works.date, this.count, dayNumber));
    this.years = Int16Array.from(mapped(core.works.date, this.count, yearOf));
    this.facets = this.#makeFacets();
    this.byKey = new Map(this.facets.map((facet) => [facet.key, facet]));
    this.orders = new Map();
    this.texts = new SearchTexts(this);
  }

  /** Return the first of its own repositories with the most stars, -1 without one. */
  #bestOf(/** @type {number[]} */ codes) {
    const own = codes.filter((code) => code % 2 === 0).map((code) => code / 2);
    const stars = (/** @type {number} */ place) => this.stars[place] ?? -1;
    return own.reduce((best, place) => (best < 0 || stars(place) > stars(best) ? place : best), -1);
  }

  title(/** @type {number} */ row) {
    return clean(this.titles[row]) || "Untitled";
  }

  authors(/** @type {number} */ row) {
    return valueAt(this.works.authors, row).map((/** @type {number} */ person) =>
      clean(this.core.names[person]),
    );
  }

  venue(/** @type {number} */ row) {
    return clean(valueAt(this.works.container, row));
  }

  /** Return a value of a work: status, type, cited_by, stale_since, integrity, preprint ... */
  value(/** @type {string} */ name, /** @type {number} */ row) {
    return valueAt(this.works[name], row);
  }

  /** Return a value of a repository. */
  code(/** @type {string} */ name, /** @type {number} */ place) {
    return valueAt(this.repositories[name], place);
  }

  state(/** @type {number} */ row) {
    return this.best[row] < 0 ? "none" : this.states[this.best[row]];
  }

  /** Whether a work has an abstract for which the page has no room. */
  lacksAbstract(/** @type {number} */ row) {
    return this.core.abstracts !== null && valueAt(this.core.abstracts, row);
  }

  /** Return the identifiers of a work: its id, those of its other forms, and former ones. */
  identifiers(/** @type {number} */ row) {
    return [this.ids[row], ...this.value("others", row), ...this.value("aliases", row)];
  }

  /** Return the number of a work by any of its identifiers, undefined without one. */
  rowOf(/** @type {string} */ id) {
    if (this.rows.has(id)) return this.rows.get(id);
    const row = this.ids.findIndex((_, at) => this.identifiers(at).includes(id));
    return row < 0 ? undefined : row;
  }

  /** Return the address of an identifier, null where it has none. */
  address(/** @type {string} */ identifier) {
    return pageOf(identifier, this.core.pages);
  }

  /** Return how many of the works have each repository, by its number. */
  countRepositories(/** @type {Uint32Array} */ rows) {
    const counts = new Uint32Array(this.codeCount);
    for (const row of rows) {
      /** @type {number[]} */
      const codes = this.codes[row];
      for (const [at, code] of codes.entries()) {
        const isFirst = codes.findIndex((other) => other >> 1 === code >> 1) === at;
        if (isFirst) counts[code >> 1]++;
      }
    }
    return counts;
  }

  /** Return all rows in an order. */
  order(/** @type {string} */ name) {
    if (!this.orders.has(name)) this.orders.set(name, this.#sorted(name));
    return this.orders.get(name);
  }

  #sorted(/** @type {string} */ name) {
    const rows = Uint32Array.from({ length: this.count }, (_, row) => row);
    const newest = (/** @type {any} */ a, /** @type {any} */ b) =>
      this.days[b] - this.days[a] || a - b;
    if (name === "title") {
      const keys = this.titles.map((title) => fold(clean(title)) || "\uffff");
      return rows.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
    }
    const keys = Float64Array.from(rows, (row) => this.#sortKey(name, row));
    return rows.sort((a, b) => keys[b] - keys[a] || newest(a, b));
  }

  #sortKey(/** @type {string} */ name, /** @type {number} */ row) {
    const best = this.best[row];
    if (name === "cited") return this.value("cited_by", row) ?? -1;
    if (name === "oldest") return this.days[row] < 0 ? -Infinity : -this.days[row];
    if (name === "stars") return best < 0 ? -2 : (this.stars[best] ?? -1);
    if (name === "pushed") return best < 0 ? -2 : dayNumber(this.code("pushed", best));
    return this.days[row];
  }

  #makeFacets() {
    const { works } = this.core;
    const tidy = tidier();
    /** @type {(column: Column, list: (value: any) => (string | null)[]) => string[][]} */
    const lists = (column, list) => mapped(column, this.count, (value) => tidy(list(value)));
    const ofRow = (/** @type {(row: number) => string[]} */ list) =>
      this.ids.map((_, row) => tidy(list(row)));
    const ofCode = (/** @type {string} */ name) =>
      lists(works.repositories, (/** @type {number[]} */ codes) =>
        codes.map((code) => this.code(name, code >> 1)),
      );
    const years = withGaps([...new Set(this.years)].filter(Boolean).sort((a, b) => a - b));
    const own = Object.keys(works.facets).sort((a, b) => rankOf(a) - rankOf(b));
    const facets = [
      makeFacet(
        "code",
        "Code",
        ofRow((row) => [this.state(row)]),
        { order: STATES, show: (state) => STATE_NAMES[state] },
      ),
      makeFacet(
        "year",
        "Year",
        ofRow((row) => (this.years[row] ? [String(this.years[row])] : [])),
        { order: years.map(String) },
      ),
      ...own.map((name) => {
        const key = RESERVED.includes(name) ? `${name}-facet` : name;
        return makeFacet(
          key,
          label(name),
          lists(works.facets[name], (terms) => terms),
        );
      }),
      makeFacet(
        "form",
        "Form",
        ofRow((row) => [this.form(row)]),
        { order: FORMS },
      ),
      makeFacet(
        "lag",
        "From preprint to publication",
        ofRow((row) => this.#lagBin(row)),
        { order: LAG_BINS },
      ),
      makeFacet(
        "venue",
        "Venue",
        lists(works.container, (venue) => [venue]),
      ),
      makeFacet("language", "Language", ofCode("language")),
      makeFacet("licence", "Licence of the code", ofCode("license")),
      makeFacet(
        "list",
        "List",
        lists(works.lists, (/** @type {number[]} */ places) =>
          places.map((place) => this.core.lists[place]),
        ),
      ),
      makeFacet(
        "record",
        "Record",
        ofRow((row) => this.#record(row)),
      ),
    ];
    return facets.filter((facet) => facet.items.length);
  }

  /** Return the months from preprint to publication, null where they are not known. */
  lag(/** @type {number} */ row) {
    return monthsBetween(this.value("preprint", row), this.value("published", row));
  }

  #lagBin(/** @type {number} */ row) {
    const months = this.lag(row);
    if (months === null) return [];
    return [LAG_BINS[Math.min(LAG_BINS.length - 1, Math.floor(months / LAG_STEP))]];
  }

  form(/** @type {number} */ row) {
    if (this.value("published", row) !== null) return "published";
    return this.value("preprint", row) === null ? "other" : "preprint only";
  }

  #record(/** @type {number} */ row) {
    const words = [this.value("status", row).replace("_", " ")];
    if (this.value("integrity", row).length) words.push(FLAGGED);
    if (this.value("stale_since", row)) words.push("stale");
    return words;
  }
}
