// works.ris, byte for byte as harvest/writers/ris.py writes it.
import { address, keywords, kindOf, marks, plain } from "./citations.js";

/** @type {Record<string, string>} */
const TYPES = {
  article: "JOUR",
  paper: "CPAPER",
  chapter: "CHAP",
  book: "BOOK",
  proceedings: "CONF",
  thesis: "THES",
  report: "RPRT",
  preprint: "UNPB",
  dataset: "DATA",
  software: "COMP",
  standard: "STAND",
  review: "GEN",
  entry: "ENCYC",
  page: "ELEC",
  other: "GEN",
};

/** Return works as records. */
export function ris(/** @type {Work[]} */ works) {
  return works.map(record).join("");
}

function record(/** @type {Work} */ work) {
  const lines = fields(work)
    .filter(([, value]) => value)
    .map(([tag, value]) => `${tag}  - ${plain(value ?? "")}`);
  return [...lines, "ER  - "].map((line) => `${line}\r\n`).join("");
}

function fields(/** @type {Work} */ work) {
  const kind = kindOf(work);
  const pages = work.pages ?? "";
  const dash = pages.indexOf("-");
  const all = (/** @type {string} */ tag, /** @type {string[]} */ values) =>
    values.map((value) => [tag, value]);
  return [
    ["TY", TYPES[kind]],
    ["ID", work.key || work.id],
    ["TI", work.title],
    ...all("AU", work.authors.map(nameOf)),
    ...all("ED", work.editors.map(nameOf)),
    ["PY", String(work.year ?? "")],
    ["DA", work.date?.replaceAll("-", "/")],
    [kind === "article" ? "JO" : "T2", work.container],
    ["T3", work.series],
    ["VL", work.volume],
    ["IS", work.issue],
    ["SP", (dash < 0 ? pages : pages.slice(0, dash)) || work.article_number],
    ["EP", dash < 0 ? "" : pages.slice(dash + 1)],
    ["PB", work.publisher],
    ...all("SN", [...work.issn, ...work.isbn]),
    ["DO", work.identifiers.doi[0]],
    ...all(
      "AN",
      work.identifiers.arxiv.map((number) => `arXiv:${number}`),
    ),
    ["UR", address(work)],
    ["LA", work.language],
    ...all("KW", keywords(work)),
    ...all("N1", marks(work)),
    ["AB", work.abstract],
  ];
}

/** A comma within a part would part it once more. */
function nameOf(/** @type {Author} */ { name, family, given }) {
  const parts = family ? [family, given] : [name];
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => part?.replaceAll(",", ""))
    .join(", ");
}
