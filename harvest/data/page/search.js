// Search: a scan of folded text. All words must be there, as parts of words, in any order.
import { fold } from "./text.js";

/** @typedef {{text: string, without: boolean, written: string}} Term */

const TERM = /(-?)(?:"([^"]*)"?|(\S+))/g;

/** Return the terms of a query: words, "phrases", and -those that must not be there. */
export function parse(/** @type {string} */ query) {
  /** @type {Term[]} */
  const terms = [];
  for (const [written, minus, phrase, word] of query.matchAll(TERM)) {
    const text = fold(phrase ?? word).trim();
    if (text && text !== "-") terms.push({ text, without: minus === "-", written });
  }
  return terms;
}

/**
 * Return 1 for each text that matches all terms, 0 for the others.
 * @param {string[]} texts
 * @param {Term[]} terms
 * @param {Uint8Array} [among] 0 for texts that are known not to match
 */
export function scan(texts, terms, among) {
  const matches = among?.slice() ?? new Uint8Array(texts.length).fill(1);
  for (const term of terms) {
    for (let row = 0; row < texts.length; row++) {
      if (matches[row] && texts[row].includes(term.text) === term.without) matches[row] = 0;
    }
  }
  return matches;
}

/** Whether each text that matches some terms also matches others, as those typed a moment before. */
export function narrows(/** @type {Term[]} */ terms, /** @type {Term[]} */ others) {
  return others.every((other) =>
    terms.some((term) =>
      other.without
        ? term.without && other.text.includes(term.text)
        : !term.without && term.text.includes(other.text),
    ),
  );
}

/** Return the parts of a title, those that a term matches as `{match: text}`. */
export function highlight(/** @type {string} */ title, /** @type {Term[]} */ terms) {
  const wanted = terms.filter((term) => !term.without).map((term) => term.text);
  const [folded, origins] = foldWithOrigins(title);
  const marked = new Uint8Array(title.length);
  for (const text of wanted) {
    for (let at = folded.indexOf(text); at >= 0; at = folded.indexOf(text, at + 1)) {
      marked.fill(1, origins[at], origins[at + text.length] ?? title.length);
    }
  }
  /** @type {(string | {match: string})[]} */
  const parts = [];
  for (let start = 0; start < title.length; ) {
    let end = start;
    while (end < title.length && marked[end] === marked[start]) end++;
    const text = title.slice(start, end);
    parts.push(marked[start] ? { match: text } : text);
    start = end;
  }
  return parts;
}

/** Return folded text, and where each of its characters comes from. */
function foldWithOrigins(/** @type {string} */ title) {
  let folded = "";
  const origins = [];
  let at = 0;
  for (const sign of title) {
    const part = fold(sign);
    for (let unit = 0; unit < part.length; unit++) origins.push(at);
    folded += part;
    at += sign.length;
  }
  return /** @type {[string, number[]]} */ ([folded, origins]);
}
