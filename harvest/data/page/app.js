// What all views share: the dataset, the state, the selection, and the way to another state.
import { unpack } from "./codec.js";
import { read, write } from "./address.js";
import { byId } from "./dom.js";
import { select } from "./facets.js";
import { Records } from "./record.js";
import { narrows, parse, scan } from "./search.js";

const RANGE = /^(\d{4})?\.\.(\d{4})?$/; // of years; one end may be open

/** The page as it is at the moment. */
export class App {
  constructor(/** @type {Model} */ model) {
    this.model = model;
    this.state = read("", []);
    /** @type {Uint32Array} the selected works, in the order of the dataset */
    this.rows = new Uint32Array();
    this.matches = new Uint8Array(model.count).fill(1); // what the search leaves
    /** @type {Uint32Array | null} */
    this.counts = null;
    /** @type {Term[]} */
    this.terms = [];
    this.address = location.hash;
    this.drawing = 0; // counts what is drawn, so that late answers are not drawn over it
    /** @type {Records | null} */
    this.reader = null;
    /** @type {(text: string, what: string) => void} */
    this.copy = () => {};
    /** @type {(id: string) => void} selects a work, or no longer */
    this.pick = () => {};
    /** @type {Map<string, Promise<any>>} */
    this.parts = new Map();
  }

  /** Take over the state that the address names. */
  readAddress() {
    this.address = location.hash;
    this.state = read(
      location.hash,
      this.model.facets.map((facet) => facet.key),
    );
    for (const facet of this.model.facets) {
      const values = this.#expand(facet, this.state.filters.get(facet.key) ?? []);
      facet.chosen = new Set(
        values.map((it) => facet.places.get(it)).filter((it) => it !== undefined),
      );
    }
  }

  #expand(/** @type {Facet} */ facet, /** @type {string[]} */ values) {
    const range = RANGE.exec(values[0] ?? "");
    if (!range) return values;
    const [, from = "", to = "9999"] = range;
    return facet.values.filter((year) => from <= year && year <= to);
  }

  /** Find the works that the search and the filters leave. */
  select() {
    const last = this.terms;
    this.terms = parse(this.state.query);
    this.#search(narrows(this.terms, last));
    this.rows = select(this.matches, this.model.facets);
    this.counts = null;
  }

  #search(/** @type {boolean} */ isNarrower) {
    const { model, terms, matches } = this;
    this.matches = terms.length
      ? scan(model.texts.all(), terms, isNarrower ? matches : undefined)
      : new Uint8Array(model.count).fill(1);
  }

  /** Whether something is searched or filtered. */
  get isPart() {
    return this.terms.length > 0 || this.model.facets.some((facet) => facet.chosen.size);
  }

  /** Return the selected works in the order that the state names. */
  ordered() {
    const selected = new Uint8Array(this.model.count);
    for (const row of this.rows) selected[row] = 1;
    const rows = new Uint32Array(this.rows.length);
    let size = 0;
    for (const row of this.model.order(this.state.sort)) {
      if (selected[row]) rows[size++] = row;
    }
    return rows;
  }

  /** Return the address of this state with some changes. */
  link(/** @type {Partial<State>} */ changes) {
    return write({ ...this.state, ...changes });
  }

  /** Return the address of the works that also have these values; null takes a filter away. */
  linkTo(/** @type {Record<string, string[] | string | null>} */ values, view = "works") {
    const filters = new Map(this.state.filters);
    for (const [facet, wanted] of Object.entries(values)) {
      if (wanted === null) filters.delete(facet);
      else filters.set(facet, [wanted].flat());
    }
    return this.link({ view, filters, work: null });
  }

  /** Return the address of the works that have a repository. */
  worksOf(/** @type {number} */ place) {
    return this.link({ view: "works", query: `"${this.model.names[place]}"`, work: null });
  }

  /** Go to another address, to which the reader can come back. */
  go(/** @type {string} */ address) {
    if (address === location.hash) return;
    location.hash = address;
  }

  /** Choose a value of a facet, or take it away. */
  toggle(/** @type {string} */ facet, /** @type {string} */ value) {
    const filters = new Map(this.state.filters);
    const chosen = this.chosen(facet);
    const values = chosen.includes(value)
      ? chosen.filter((it) => it !== value)
      : [...chosen, value];
    if (values.length) filters.set(facet, values);
    else filters.delete(facet);
    this.go(this.link({ filters, work: null }));
  }

  /** Return the chosen values of a facet. */
  chosen(/** @type {string} */ key) {
    const facet = this.model.byKey.get(key);
    return facet ? [...facet.chosen].map((place) => facet.values[place]) : [];
  }

  /** Write the state to the address, unless a link has been followed meanwhile. */
  keepAddress() {
    if (location.hash !== this.address) return;
    const address = this.link({});
    history.replaceState(null, "", address);
    this.address = location.hash;
  }

  /** Return the width of a figure over some of the twelve columns, in units of its picture. */
  width(/** @type {number} */ columns) {
    const page = Math.min(1320, innerWidth - 48);
    return innerWidth < 1080
      ? Math.max(340, Math.min(page - 40, 900))
      : Math.round((page * columns) / 12) - 56;
  }

  /** Return a part of the page, unpacked once. */
  part(/** @type {string} */ name) {
    if (!this.parts.has(name)) this.parts.set(name, unpack(byId(`data-${name}`).textContent));
    return this.parts.get(name);
  }

  /** Return the reader of whole works. */
  async records() {
    const detail = await this.part("detail");
    this.reader ??= new Records(this.model, detail);
    return this.reader;
  }

  /** Return how many selected works have each repository, by its number. */
  repositoryCounts() {
    this.counts ??= this.model.countRepositories(this.rows);
    return this.counts;
  }

  /** Return the repositories of the selected works with the number of those works. */
  repositories() {
    /** @type {Map<number, number>} */
    const sizes = new Map();
    for (const [place, size] of this.repositoryCounts().entries()) {
      if (size) sizes.set(place, size);
    }
    return sizes;
  }
}
