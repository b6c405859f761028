// Unpacks the parts of the page, and reads columns (see harvest/dataset/columns.py).

/**
 * A column of values in one of three forms.
 * @typedef {{all?: any[], terms?: any[], at?: number[], rest?: any, except?: Record<string, any>}} Column
 */

/** Return the JSON that base64 text of zlib data holds. */
export async function unpack(/** @type {string} */ text) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** Return the value of a record. */
export function valueAt(/** @type {Column} */ column, /** @type {number} */ row) {
  if (column.all) return column.all[row];
  if (column.terms) return column.terms[column.at[row]];
  return Object.hasOwn(column.except, row) ? column.except[row] : column.rest;
}

/** Return all values of a column as a list. */
export function values(/** @type {Column} */ column, /** @type {number} */ count) {
  return column.all ?? Array.from({ length: count }, (_, row) => valueAt(column, row));
}

/** Return a record as an object of its fields. */
export function recordAt(/** @type {Record<string, Column>} */ table, /** @type {number} */ row) {
  /** @type {Record<string, any>} */
  const record = {};
  for (const name of Object.keys(table)) record[name] = valueAt(table[name], row);
  return record;
}

const MARK = "\u0001";
const ADDRESSES = { doi: "https://doi.org/", arxiv: "https://arxiv.org/abs/" };

/**
 * Return JSON with the texts that markers stand for (see harvest/dataset/page_content.py).
 * @param {any} value
 * @param {string[]} identifiers
 * @param {string | null} title
 */
export function restore(value, identifiers, title) {
  if (typeof value === "string") return restoreText(value, identifiers, title);
  if (Array.isArray(value)) return value.map((item) => restore(item, identifiers, title));
  if (value === null || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([k, item]) => [k, restore(item, identifiers, title)]);
  return Object.fromEntries(pairs);
}

function restoreText(text, identifiers, title) {
  if (text[0] !== MARK) return text;
  if (text[1] === MARK) return text.slice(1);
  if (text[1] === "t") return title;
  const identifier = identifiers[Number(text.slice(2))];
  if (text[1] === "i") return identifier;
  const colon = identifier.indexOf(":");
  const value = identifier.slice(colon + 1);
  return text[1] === "v" ? value : ADDRESSES[identifier.slice(0, colon)] + value;
}
