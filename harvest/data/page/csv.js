// works.csv, byte for byte as harvest/writers/csv.py writes it.

const COLUMNS = [
  "id",
  "status",
  "type",
  "title",
  "authors",
  "date",
  "year",
  "container",
  "publisher",
  "cited_by",
  "doi",
  "arxiv",
  "repositories",
  "mentions",
  "key",
  "volume",
  "issue",
  "pages",
  "integrity",
];
const FORMULA = /^'*[=+\-@\t\r]/;

/** Return works as a table. */
export function csv(/** @type {Work[]} */ works) {
  const rows = works.map((work) => COLUMNS.map((name) => cell(value(work, name))).join(","));
  return [COLUMNS.join(","), ...rows].map((row) => `${row}\n`).join("");
}

function value(/** @type {Work} */ work, /** @type {string} */ name) {
  if (name === "authors") return work.authors.map((author) => author.name).join("; ");
  if (name === "doi" || name === "arxiv") return work.identifiers[name].join("; ");
  if (name === "repositories") return work.repositories.map((it) => it.id).join("; ");
  if (name === "mentions")
    return work.mentions.map((place) => `${place.seed}:${place.line}`).join("; ");
  if (name === "integrity") return [...new Set(work.integrity.map((it) => it.kind))].join("; ");
  return /** @type {Fields} */ (work)[name];
}

/** Return a cell that no spreadsheet runs as a formula, in quotes where it needs them (RFC 4180). */
export function cell(/** @type {any} */ raw) {
  if (raw === null || raw === undefined) return "";
  const line = String(raw).replaceAll("\r", " ");
  const text = typeof raw === "string" && FORMULA.test(raw) ? `'${line}` : line;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
