// What the citation formats have in common, as harvest/writers/citations.py has it.
import { NOTICES } from "./model.js";

/** @type {Record<string, string>} */
const KINDS = {
  book: "book",
  "book-chapter": "chapter",
  "book-part": "chapter",
  "book-section": "chapter",
  "book-set": "book",
  "data-paper": "article",
  database: "dataset",
  dataset: "dataset",
  dissertation: "thesis",
  "edited-book": "book",
  "journal-article": "article",
  monograph: "book",
  "peer-review": "review",
  "posted-content": "preprint",
  proceedings: "proceedings",
  "proceedings-article": "paper",
  "reference-book": "book",
  "reference-entry": "entry",
  report: "report",
  "report-component": "report",
  software: "software",
  standard: "standard",
};
/** @type {Record<string, string>} */
const STATUSES = {
  provisional: "Provisional record",
  listed: "Not checked by a registry",
  not_found: "Unknown to the registries",
};
const FORMS = ["version_of_record", "dataset", "preprint", "web", "other"];
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const BLANKS = /[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g; // of Python, without the controls

/** Return what a work is to a reference manager. */
export function kindOf(/** @type {Work} */ work) {
  const type = work.type ?? "";
  if (Object.hasOwn(KINDS, type)) return KINDS[type];
  if (work.identifiers.arxiv.length && !work.identifiers.doi.length) return "preprint";
  return work.id.startsWith("url:") ? "page" : "other";
}

/** Return what a reader of a citation must know: notices of the work, and a doubtful status. */
export function marks(/** @type {Work} */ work) {
  const texts = work.integrity.map(({ kind, notice }) =>
    notice ? `${NOTICES[kind]} (${notice})` : NOTICES[kind],
  );
  const status = Object.hasOwn(STATUSES, work.status) ? [STATUSES[work.status]] : [];
  return [...new Set(texts), ...status];
}

/** Return the facets and subjects, and the kinds of notices, each once. */
export function keywords(/** @type {Work} */ work) {
  const notices = work.integrity.map((notice) => NOTICES[notice.kind].toLowerCase());
  const terms = Object.keys(work.facets)
    .sort()
    .flatMap((name) => work.facets[name]);
  return [...new Set([...notices, ...terms, ...work.subjects].map(plain))];
}

/** Return year, month and day, as far as they are known. */
export function dateParts(/** @type {Work} */ work) {
  return work.date ? work.date.split("-").map(Number) : [];
}

/** Return where to read a work: its published form before its preprint. */
export function address(/** @type {Work} */ work) {
  const rank = (/** @type {Form} */ form) => FORMS.indexOf(form.kind);
  const forms = [...work.manifestations].sort((a, b) => rank(a) - rank(b));
  return forms[0]?.url ?? null;
}

/** Return a text on one line, without control characters and marks of direction. */
export function plain(/** @type {string} */ text) {
  return text.replace(CONTROL, " ").replace(BLANKS, " ").replace(/^ | $/g, "");
}
