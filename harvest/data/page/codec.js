// Unpacks the parts of the page, and reads columns (see harvest/dataset/columns.py).

/** Return the JSON that base64 text of zlib data holds. */
export async function unpack(/** @type {string} */ text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** Return the bytes of base64 text, in browsers from before 2025 too. */
function bytesOf(/** @type {string} */ text) {
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
  const signs = atob(text);
  const bytes = new Uint8Array(signs.length);
  for (let at = 0; at < signs.length; at++) bytes[at] = signs.charCodeAt(at);
  return bytes;
}

/** Return the value of a record. */
export function valueAt(/** @type {Column} */ column, /** @type {number} */ row) {
  if (column.all) return column.all[row];
  if (column.terms) return column.terms[column.at[row]];
  return Object.hasOwn(column.except, row) ? column.except[row] : column.rest;
}

/** Return all values of a column as a list. */
export function values(/** @type {Column} */ column, /** @type {number} */ count) {
  return column.all ?? mapped(column, count, (value) => value);
}

/**
 * Return what a function makes of each value of a column. A value that many records share is given
 * to the function once.
 * @template T
 * @param {Column} column
 * @param {number} count
 * @param {(value: any) => T} change
 * @returns {T[]}
 */
export function mapped(column, count, change) {
  if (column.all) return column.all.map(change);
  if (column.terms) {
    const terms = column.terms.map(change);
    return column.at.map((place) => terms[place]);
  }
  const list = new Array(count).fill(change(column.rest));
  for (const [row, value] of Object.entries(column.except)) list[Number(row)] = change(value);
  return list;
}

/** Return a record as an object of its fields. */
export function recordAt(/** @type {Table} */ table, /** @type {number} */ row) {
  /** @type {any} */
  const record = {};
  for (const name of Object.keys(table)) record[name] = valueAt(table[name], row);
  return record;
}

const MARK = "\u0001";
/** @type {Record<string, string>} */
const ADDRESSES = { doi: "https://doi.org/", arxiv: "https://arxiv.org/abs/" };

/**
 * Return JSON with the texts that markers stand for (see harvest/dataset/page_detail.py).
 * @param {any} value
 * @param {string[]} identifiers
 * @param {string | null} title
 * @returns {any}
 */
export function restore(value, identifiers, title) {
  if (typeof value === "string") return restoreText(value, identifiers, title);
  if (Array.isArray(value)) return value.map((item) => restore(item, identifiers, title));
  if (value === null || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([k, item]) => [k, restore(item, identifiers, title)]);
  return Object.fromEntries(pairs);
}

/**
 * @param {string} text
 * @param {string[]} identifiers
 * @param {string | null} title
 */
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
