// works.bib, byte for byte as harvest/writers/bibtex.py writes it.
import { address, keywords, kindOf, marks, plain } from "./citations.js";

/** @type {Record<string, string>} */
const TYPES = {
  article: "article",
  paper: "inproceedings",
  chapter: "incollection",
  book: "book",
  proceedings: "proceedings",
  thesis: "thesis",
  report: "report",
  preprint: "online",
  dataset: "dataset",
  software: "software",
  standard: "manual",
  review: "misc",
  entry: "inreference",
  page: "online",
  other: "misc",
};
// Fields that only some entry types of biblatex have; the others have the rest.
const PARTS = ["inproceedings", "incollection", "inbook", "inreference"];
const WHOLES = ["book", "proceedings", "manual"];
/** @type {Record<string, string[]>} */
const ONLY = {
  booktitle: PARTS,
  eventtitle: ["inproceedings", "proceedings"],
  venue: ["inproceedings", "proceedings"],
  issn: ["article"],
  isbn: [...PARTS, ...WHOLES],
  publisher: [...PARTS, ...WHOLES, "dataset"],
  institution: ["report", "thesis"],
  type: ["report", "thesis"],
  organization: ["online", "misc", "software"],
  series: [...PARTS, ...WHOLES, "article", "dataset"],
  number: [...PARTS, ...WHOLES, "article", "dataset", "report"],
  volume: [...PARTS, "article", "book", "proceedings"],
  pages: [...PARTS, ...WHOLES, "article", "report", "thesis"],
  eid: [...PARTS, ...WHOLES, "article", "report", "thesis"],
};
const VERBATIM = new Set(["doi", "eprint", "url", "eprintclass", "eprinttype", "date"]);
const BRACED = new Set(["title", "booktitle"]);
const CATEGORY = /^[a-z-]+(?:\.[A-Za-z-]+)?$/; // of arXiv
/** @type {Record<string, string>} */
const SPECIAL = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};
// TeX would set two of them as one sign: `--` as a dash, `''` as a quotation mark.
const LIGATURE = /(?<=([-`',<>]))(?=\1)|(?<=[!?])(?=`)/g;
/** @type {Record<string, string>} */
const CODES = { "{": "%7B", "}": "%7D", "\\": "%5C" };

/** Return works as entries for biblatex. */
export function bibtex(/** @type {Work[]} */ works) {
  return works.map(entry).join("\n");
}

function entry(/** @type {Work} */ work) {
  const kind = kindOf(work);
  // biblatex wants to know the editors of a collection.
  const type = kind === "chapter" && !work.editors.length ? "inbook" : TYPES[kind];
  const lines = fields(work, kind, type).map(([name, value]) =>
    value ? `  ${name} = {${value}},\n` : "",
  );
  return `@${type}{${work.key || work.id},\n${lines.join("")}}\n`;
}

function fields(/** @type {Work} */ work, /** @type {string} */ kind, /** @type {string} */ type) {
  const isPreprint = kind === "preprint";
  const container = isPreprint ? null : work.container;
  const [arxiv] = work.identifiers.arxiv;
  const publisher = isPreprint ? work.container || work.publisher : work.publisher;
  const values = {
    title: work.title,
    date: work.date,
    journaltitle: kind === "article" ? container : null,
    booktitle: kind === "article" ? null : container,
    series: work.series,
    volume: work.volume,
    number: work.issue,
    pages: work.pages,
    eid: work.article_number,
    publisher,
    institution: publisher,
    organization: publisher,
    type: kind,
    issn: work.issn[0],
    isbn: work.isbn[0],
    eventtitle: work.event?.name,
    venue: work.event?.place,
    doi: work.identifiers.doi[0],
    eprint: arxiv,
    eprinttype: arxiv ? "arxiv" : null,
    eprintclass: arxiv ? work.subjects.find((subject) => CATEGORY.test(subject)) : null,
    url: address(work),
    keywords: keywords(work)
      .map((word) => word.replaceAll(",", " "))
      .join(", "),
    note: marks(work).join(". "),
    abstract: work.abstract,
  };
  const own = Object.entries(values)
    .filter(([name]) => hasField(type, name))
    .map(([name, value]) => [name, texValue(name, value ?? "")]);
  return [...people(work, type), ...own];
}

function hasField(/** @type {string} */ type, /** @type {string} */ name) {
  return !Object.hasOwn(ONLY, name) || ONLY[name].includes(type);
}

/** Proceedings have editors alone, reports and theses authors. */
function people(/** @type {Work} */ work, /** @type {string} */ type) {
  const [authors, editors] = [names(work.authors), names(work.editors)];
  if (type === "proceedings") return [["editor", editors || authors]];
  if (type === "report" || type === "thesis") return [["author", authors || editors]];
  return [
    ["author", authors],
    ["editor", editors],
  ];
}

function texValue(/** @type {string} */ name, /** @type {string} */ value) {
  const text = plain(value);
  if (VERBATIM.has(name)) return text.replace(/[{}\\]/g, (sign) => CODES[sign]);
  if (name === "pages") return texSigns(text).replace(/-+/g, "--");
  return BRACED.has(name) ? text.split(" ").map(titleWord).join(" ") : texText(text);
}

/** Return a word of a title, in braces if it has a capital after its first letter. */
function titleWord(/** @type {string} */ word) {
  const isBraced = /[A-Z]/.test(Array.from(word).slice(1).join(""));
  return isBraced ? `{${texText(word)}}` : texText(word);
}

/** Return TeX that is set as a text. */
function texText(/** @type {string} */ text) {
  return texSigns(text).replace(LIGATURE, "{}");
}

function texSigns(/** @type {string} */ text) {
  return text.replace(/[\\{}&%$#_~^]/g, (sign) => SPECIAL[sign]);
}

function names(/** @type {Author[]} */ all) {
  return all.map(nameOf).filter(Boolean).join(" and ");
}

/** A name that could be read in another way stands in braces. */
function nameOf(/** @type {Author} */ { name, family, given }) {
  const parts = family ? [family, given ?? ""] : [name];
  const texts = parts.filter(Boolean).map(texName);
  if (texts.length === 1) return texts[0] ? `{${texts[0]}}` : "";
  const isUnclear = texts.some(
    (text) => text.includes(",") || ` ${text.toLowerCase()} `.includes(" and "),
  );
  return isUnclear ? `{${texName(name)}}` : texts.join(", ");
}

/** An equals sign in braces begins none of biber's extended form. */
function texName(/** @type {string} */ text) {
  return texText(plain(text)).replaceAll("=", "{=}");
}
