// works.csl.json, byte for byte as harvest/writers/csl_json.py writes it.
import { address, dateParts, keywords, kindOf, marks, plain } from "./citations.js";

/** @type {Record<string, string>} */
const TYPES = {
  article: "article-journal",
  paper: "paper-conference",
  chapter: "chapter",
  book: "book",
  proceedings: "book",
  thesis: "thesis",
  report: "report",
  preprint: "article",
  dataset: "dataset",
  software: "software",
  standard: "standard",
  review: "review",
  entry: "entry-encyclopedia",
  page: "webpage",
  other: "document",
};

/** Return works as a list of items, one a line. */
export function cslJson(/** @type {Work[]} */ works) {
  if (!works.length) return "[]\n";
  return `[\n${works.map((work) => JSON.stringify(item(work))).join(",\n")}\n]\n`;
}

function item(/** @type {Work} */ work) {
  const kind = kindOf(work);
  const parts = dateParts(work);
  const values = {
    id: work.key || work.id,
    type: TYPES[kind],
    title: work.title,
    author: work.authors.map(nameOf),
    editor: work.editors.map(nameOf),
    issued: parts.length ? { "date-parts": [parts] } : null,
    ...(kind === "preprint" ? ofPreprint(work) : ofContainer(work)),
    DOI: work.identifiers.doi[0],
    URL: address(work),
    language: work.language,
    abstract: work.abstract,
    keyword: keywords(work).join(", "),
    note: marks(work).join(". "),
    custom: custom(work),
  };
  return filled(values, (value) => (typeof value === "string" ? plain(value) : value));
}

function ofPreprint(/** @type {Work} */ work) {
  return {
    genre: "preprint",
    publisher: work.container || work.publisher,
    number: work.identifiers.arxiv[0],
  };
}

function ofContainer(/** @type {Work} */ work) {
  return {
    "container-title": work.container,
    "collection-title": work.series,
    publisher: work.publisher,
    volume: work.volume,
    issue: work.issue,
    page: work.pages || work.article_number,
    ISSN: work.issn[0],
    ISBN: work.isbn[0],
    "event-title": work.event?.name,
    "event-place": work.event?.place,
  };
}

function nameOf(/** @type {Author} */ { name, family, given }) {
  if (family === undefined) return { literal: plain(name) };
  return given ? { family: plain(family), given: plain(given) } : { family: plain(family) };
}

function custom(/** @type {Work} */ work) {
  return filled({
    id: work.id,
    status: work.status,
    retracted: work.integrity.map((notice) => notice.kind),
    arxiv: work.identifiers.arxiv,
    code: work.repositories.filter((it) => it.role === "code").map((it) => it.id),
  });
}

/**
 * Return the values that are there: no empty text, no empty list.
 * @param {Fields} values
 * @param {(value: any) => any} [change]
 */
function filled(values, change = (value) => value) {
  const isThere = (/** @type {any} */ value) => Boolean(value) && value.length !== 0;
  const pairs = Object.entries(values).filter(([, value]) => isThere(value));
  return Object.fromEntries(pairs.map(([name, value]) => [name, change(value)]));
}
