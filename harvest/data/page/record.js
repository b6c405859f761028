// A work with all its fields, as dataset.json has it, from the parts `core` and `detail`.
import { recordAt, restore, valueAt } from "./codec.js";

const CORE = ["type", "status", "container", "cited_by", "stale_since", "integrity", "aliases"];

/** Reads whole works. */
export class Records {
  constructor(/** @type {Model} */ model, /** @type {any} */ detail) {
    this.model = model;
    this.detail = detail;
    this.starts = [0];
    for (let row = 0; row < model.count; row++) {
      this.starts.push(this.starts[row] + valueAt(detail.sizes, row));
    }
  }

  /** Return a work. */
  work(/** @type {number} */ row) {
    const { model, detail } = this;
    const { addresses, ...fields } = recordAt(detail.works, row);
    const [id, title] = [model.ids[row], model.titles[row]];
    const identifiers = [id, ...model.value("others", row)];
    const core = CORE.map((name) => [name, model.value(name, row)]);
    const facets = Object.keys(model.works.facets).map((name) => [
      name,
      valueAt(model.works.facets[name], row),
    ]);
    const work = {
      id,
      title,
      date: model.dates[row],
      ...Object.fromEntries(core),
      ...restore(fields, identifiers, title),
      authors: valueAt(model.works.authors, row).map((/** @type {number} */ person) =>
        this.author(person),
      ),
      facets: Object.fromEntries(facets.filter(([, terms]) => terms.length)),
      repositories: model.codes[row].map((/** @type {number} */ code) => this.#repository(code)),
      mentions: this.#places(row, identifiers, title),
    };
    return { ...work, links: this.#links(work, addresses) };
  }

  /** Return the addresses of its identifiers and repositories, of those that have one. */
  #links(/** @type {Work} */ work, /** @type {Record<string, string>} */ addresses) {
    const curies = Object.entries(work.identifiers).flatMap(([scheme, values]) =>
      values.map((value) => `${scheme}:${value}`),
    );
    const all = [work.id, ...curies, ...work.repositories.map((it) => it.id)];
    const own = new Map(Object.entries(addresses));
    return new Map(all.map((curie) => [curie, own.get(curie) ?? this.model.address(curie)]));
  }

  /** Return the lines of the lists at which a work stands. */
  lines(/** @type {number} */ row) {
    const { seed, line } = this.detail.places;
    const lines = [];
    for (let at = this.starts[row]; at < this.starts[row + 1]; at++) {
      lines.push({ seed: this.model.core.lists[valueAt(seed, at)], line: valueAt(line, at) });
    }
    return lines;
  }

  #repository(/** @type {number} */ code) {
    return { id: this.model.code("id", code >> 1), role: code % 2 ? "original" : "code" };
  }

  #places(
    /** @type {number} */ row,
    /** @type {string[]} */ identifiers,
    /** @type {string} */ title,
  ) {
    const places = [];
    for (let at = this.starts[row]; at < this.starts[row + 1]; at++) {
      const place = restore(recordAt(this.detail.places, at), identifiers, title);
      places.push({ ...place, seed: this.model.core.lists[place.seed] });
    }
    return places;
  }

  /** Return a person; parts of a name that are not known are not there. */
  author(/** @type {number} */ person) {
    const name = this.model.core.names[person];
    const { split, orcid, rors } = recordAt(this.detail.people, person);
    const parts = Array.isArray(split) ? split : [name.slice(0, split), name.slice(split + 1)];
    /** @type {Record<string, any>} */
    const author = { name };
    if (parts[0] !== null) author.given = parts[0];
    if (parts[1] !== null) author.family = parts[1];
    if (orcid !== null) author.orcid = orcid;
    if (rors?.length) author.rors = rors;
    return author;
  }

  /** Return what is known of a repository beside the values in `core`. */
  repository(/** @type {number} */ place) {
    return recordAt(this.detail.repositories, place);
  }
}
