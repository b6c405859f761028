// The dataset as the views read it, made of the columns of the part `core`.
import { valueAt, values } from "./codec.js";
import { makeFacet } from "./facets.js";
import { pageOf } from "./identifiers.js";
import { clean, dayNumber, fold, label } from "./text.js";

export const STATES = ["active", "slow", "dormant", "archived", "empty", "gone", "unknown", "none"];
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
export const NOTICES = {
  retraction: "Retracted",
  withdrawal: "Withdrawn",
  expression_of_concern: "Expression of concern",
  correction: "Corrected",
};
export const FLAGGED = "retracted or flagged";
const RESERVED = ["code", "year", "form", "venue", "list", "record", "language", "licence"];

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
    this.best = Int32Array.from(this.codes, (codes) => this.#bestOf(codes));
    this.days = Float64Array.from(this.dates, dayNumber);
    this.years = Int16Array.from(this.dates, (date) => Number(date?.slice(0, 4) ?? 0));
    this.facets = this.#makeFacets();
    this.byKey = new Map(this.facets.map((facet) => [facet.key, facet]));
    this.orders = new Map();
    /** @type {string[] | null} */
    this.texts = null;
  }

  /** Return the first of its own repositories with the most stars, -1 without one. */
  #bestOf(codes) {
    const own = codes.filter((code) => code % 2 === 0).map((code) => code / 2);
    const stars = (place) => this.stars[place] ?? -1;
    return own.reduce((best, place) => (best < 0 || stars(place) > stars(best) ? place : best), -1);
  }

  title(/** @type {number} */ row) {
    return clean(this.titles[row]) || "Untitled";
  }

  authors(/** @type {number} */ row) {
    return valueAt(this.works.authors, row).map((person) => clean(this.core.names[person]));
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

  /** Return the address of an identifier, null where it has none. */
  address(/** @type {string} */ identifier) {
    return pageOf(identifier, this.core.pages);
  }

  /** Return the folded text of each work, which search scans. */
  searchTexts() {
    this.texts ??= this.ids.map((_, row) => this.#searchText(row));
    return this.texts;
  }

  #searchText(row) {
    const facets = this.facets.filter((facet) => !RESERVED.includes(facet.key));
    const parts = [this.titles[row], ...this.authors(row), this.venue(row), this.ids[row]];
    for (const code of this.codes[row]) parts.push(this.names[code >> 1]);
    for (const facet of facets) {
      for (let at = facet.starts[row]; at < facet.starts[row + 1]; at++) {
        parts.push(facet.values[facet.items[at]]);
      }
    }
    return fold(parts.join(" "));
  }

  /** Return all rows in an order. */
  order(/** @type {string} */ name) {
    if (!this.orders.has(name)) this.orders.set(name, this.#sorted(name));
    return this.orders.get(name);
  }

  #sorted(name) {
    const rows = Uint32Array.from({ length: this.count }, (_, row) => row);
    const newest = (a, b) => this.days[b] - this.days[a] || a - b;
    if (name === "title") {
      const keys = this.titles.map((title) => fold(clean(title)) || "\uffff");
      return rows.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
    }
    const keys = Float64Array.from(rows, (row) => this.#sortKey(name, row));
    return rows.sort((a, b) => keys[b] - keys[a] || newest(a, b));
  }

  #sortKey(name, row) {
    const best = this.best[row];
    if (name === "cited") return this.value("cited_by", row) ?? -1;
    if (name === "oldest") return this.days[row] < 0 ? -Infinity : -this.days[row];
    if (name === "stars") return best < 0 ? -2 : (this.stars[best] ?? -1);
    if (name === "pushed") return best < 0 ? -2 : dayNumber(this.code("pushed", best));
    return this.days[row];
  }

  #makeFacets() {
    /** @type {Map<string | null, string>} most values stand at many works */
    const cleaned = new Map();
    const cleanOnce = (/** @type {string | null} */ value) => {
      if (!cleaned.has(value)) cleaned.set(value, clean(value));
      return cleaned.get(value);
    };
    const every = (/** @type {(row: number) => (string | null)[]} */ list) =>
      this.ids.map((_, row) => list(row).map(cleanOnce).filter(Boolean));
    const years = [...new Set(this.years)]
      .filter(Boolean)
      .sort((a, b) => a - b)
      .map(String);
    const codeValues = (name) =>
      every((row) => this.codes[row].map((code) => this.code(name, code >> 1)));
    const unique = (lists) => lists.map((list) => [...new Set(list)]);
    const show = (state) => STATE_NAMES[state];
    const facets = [
      makeFacet(
        "code",
        "Code",
        every((row) => [this.state(row)]),
        { order: STATES, show },
      ),
      makeFacet(
        "year",
        "Year",
        every((row) => [String(this.years[row] || "")]),
        { order: years },
      ),
    ];
    const preferred = ["method", "modality", "application", "dataset"];
    const rank = (name) => (preferred.includes(name) ? preferred.indexOf(name) : preferred.length);
    for (const name of Object.keys(this.works.facets).sort((a, b) => rank(a) - rank(b))) {
      const key = RESERVED.includes(name) ? `${name}-facet` : name;
      const column = this.works.facets[name];
      facets.push(makeFacet(key, label(name), unique(every((row) => valueAt(column, row)))));
    }
    facets.push(
      makeFacet(
        "form",
        "Form",
        every((row) => [this.form(row)]),
        { order: ["published", "preprint only", "other"] },
      ),
      makeFacet(
        "venue",
        "Venue",
        every((row) => [valueAt(this.works.container, row)]),
      ),
      makeFacet("language", "Language", unique(codeValues("language"))),
      makeFacet("licence", "Licence of the code", unique(codeValues("license"))),
      makeFacet(
        "list",
        "List",
        every((row) => valueAt(this.works.lists, row).map((place) => this.core.lists[place])),
      ),
      makeFacet(
        "record",
        "Record",
        every((row) => this.#record(row)),
      ),
    );
    return facets.filter((facet) => facet.values.length);
  }

  form(/** @type {number} */ row) {
    if (this.value("published", row) !== null) return "published";
    return this.value("preprint", row) === null ? "other" : "preprint only";
  }

  #record(row) {
    const values_ = [this.value("status", row).replace("_", " ")];
    if (this.value("integrity", row).length) values_.push(FLAGGED);
    if (this.value("stale_since", row)) values_.push("stale");
    return values_;
  }
}
