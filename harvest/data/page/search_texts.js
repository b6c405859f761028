// The folded text of each work, which search scans. It is made when nothing else is to be done.
import { mapped } from "./codec.js";
import { RESERVED } from "./facets.js";
import { clean, fold } from "./text.js";

const PART = 500; // works between two looks at the clock

/**
 * What many works share, each folded once: names of people and repositories by their number, venues
 * by work, and the values of the facets that a list gives.
 * @typedef {object} Shared
 * @property {string[]} names
 * @property {string[]} codes
 * @property {string[]} venues
 * @property {{starts: Uint32Array, items: Uint32Array, values: string[]}[]} facets
 */

/** Titles, names, venues, identifiers, repositories and facets of works, folded for search. */
export class SearchTexts {
  constructor(/** @type {Model} */ model) {
    this.model = model;
    /** @type {string[]} the texts of the first works */
    this.texts = [];
    /** @type {Shared | null} */
    this.shared = null;
  }

  /** Return all texts. */
  all() {
    this.fill(() => true);
    return this.texts;
  }

  /** Make texts as long as there is time; returns whether all are there. */
  fill(/** @type {() => boolean} */ hasTime) {
    const { count } = this.model;
    if (this.texts.length === count) return true;
    this.shared ??= sharedTexts(this.model);
    while (this.texts.length < count && hasTime()) {
      const end = Math.min(count, this.texts.length + PART);
      for (let row = this.texts.length; row < end; row++) this.texts.push(this.#text(row));
    }
    return this.texts.length === count;
  }

  #text(/** @type {number} */ row) {
    const { model } = this;
    const { names, codes, venues, facets } = /** @type {Shared} */ (this.shared);
    let text = `${foldClean(model.titles[row])} ${venues[row]}`;
    for (const id of model.identifiers(row)) text += ` ${fold(id)}`;
    for (const person of model.value("authors", row)) text += ` ${names[person]}`;
    for (const code of model.codes[row]) text += ` ${codes[code >> 1]}`;
    for (const { starts, items, values } of facets) {
      for (let at = starts[row]; at < starts[row + 1]; at++) text += ` ${values[items[at]]}`;
    }
    return text;
  }
}

/** @returns {Shared} */
function sharedTexts(/** @type {Model} */ model) {
  return {
    names: model.core.names.map(foldClean),
    codes: model.names.map(fold),
    venues: mapped(model.works.container, model.count, foldClean),
    facets: model.facets
      .filter((facet) => !RESERVED.includes(facet.key))
      .map(({ starts, items, values }) => ({ starts, items, values: values.map(fold) })),
  };
}

function foldClean(/** @type {string | null} */ text) {
  return fold(clean(text));
}
