// LIST.md, byte for byte as harvest/writers/list_md.py writes it while it fits into one file.
import { marks, plain } from "./citations.js";

const REST = "Other"; // heading of works without a section or value
const MOST_AUTHORS = 3;
const LONGEST_HEADING = 100;
const MARKUP = /[\\`*_[\]<>&|~$#!]/g;
const NO_ANCHOR = /[^\p{L}\p{N}_\- ]/gu; // what GitHub leaves out of the anchor of a heading

/** Return works as a list with sections. */
export function markdown(/** @type {Work[]} */ works, /** @type {Settings} */ settings) {
  const about = settings.description ? `\n> ${escaped(settings.description)}\n` : "";
  const sections = sectionsOf(works, settings.group);
  const parts = sections.map(([heading, lines]) => `\n## ${escaped(heading)}\n\n${lines.join("")}`);
  return `# ${escaped(settings.title)}\n${about}${index(sections)}${parts.join("")}`;
}

/** Return text in which Markdown and HTML mean nothing. */
function escaped(/** @type {string} */ text) {
  return plain(text).replace(MARKUP, "\\$&");
}

/** Return the lines of the works under their headings, in the order of the lists. */
function sectionsOf(/** @type {Work[]} */ works, /** @type {string | null} */ group) {
  /** @type {Map<string, string[]>} */
  const sections = new Map();
  for (const work of inListOrder(works)) {
    const heading = headingOf(work, group);
    const lines = sections.get(heading) ?? [];
    sections.set(heading, lines);
    lines.push(bullet(work));
  }
  const rest = sections.get(REST);
  sections.delete(REST);
  const ordered = [...sections];
  if (group) ordered.sort(([a], [b]) => compare(a, b));
  if (rest) ordered.push([REST, rest]);
  return ordered;
}

function compare(/** @type {any} */ a, /** @type {any} */ b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function inListOrder(/** @type {Work[]} */ works) {
  const places = works.map((work) => ({ work, place: firstPlace(work) }));
  const order = places.sort(
    (a, b) =>
      compare(a.place.seed, b.place.seed) ||
      a.place.line - b.place.line ||
      compare(a.work.id, b.work.id),
  );
  return order.map(({ work }) => work);
}

function firstPlace(/** @type {Work} */ work) {
  const order = (/** @type {any} */ a, /** @type {any} */ b) =>
    compare(a.seed, b.seed) || a.line - b.line;
  return [...work.mentions].sort(order)[0] ?? { seed: "", line: 0, section: [] };
}

function headingOf(/** @type {Work} */ work, /** @type {string | null} */ group) {
  const terms = group && Object.hasOwn(work.facets, group) ? work.facets[group] : [];
  const name = group ? (terms[0] ?? "") : firstPlace(work).section.join(" / ");
  return Array.from(plain(name)).slice(0, LONGEST_HEADING).join("").trim() || REST;
}

/** Return a work as an item of a list. */
export function bullet(/** @type {Work} */ work) {
  const warnings = marks(work).map((mark) => `**${escaped(mark)}**`);
  const container = work.container ? `*${escaped(work.container)}*` : "";
  const parts = [...warnings, String(work.year || ""), names(work), container, links(work)];
  const sentences = parts.filter(Boolean).map((part) => (part.endsWith(".") ? part : `${part}.`));
  const text = sentences.length ? ` - ${sentences.join(" ")}` : "";
  return `- ${title(work)}${text}\n`;
}

function title(/** @type {Work} */ work) {
  const text = escaped(work.title ?? "") || escaped(work.id);
  const address = work.links.get(work.id);
  return address ? `[${text}](${address})` : text;
}

function names(/** @type {Work} */ work) {
  const people = work.authors.length ? work.authors : work.editors;
  const first = people.slice(0, MOST_AUTHORS).map((person) => escaped(person.name));
  return people.length > MOST_AUTHORS ? `${first.join(", ")} et al.` : first.join(", ");
}

/** Return links to the other forms of a work and to its code. */
function links(/** @type {Work} */ work) {
  const curies = Object.entries(work.identifiers).flatMap(([scheme, values]) =>
    values.map((value) => `${scheme}:${value}`),
  );
  const forms = curies.filter((curie) => curie !== work.id).map((curie) => [scheme(curie), curie]);
  const code = work.repositories.filter((it) => it.role === "code").map((it) => ["code", it.id]);
  const all = [...forms, ...code].filter(([, curie]) => work.links.get(curie));
  return all.map(([name, curie]) => `[${name}](${work.links.get(curie)})`).join(", ");
}

function scheme(/** @type {string} */ curie) {
  return curie.slice(0, curie.indexOf(":"));
}

function index(/** @type {[string, string[]][]} */ sections) {
  /** @type {Map<string, number>} */
  const sizes = new Map([["contents", 1]]);
  const lines = sections.map(([heading]) => {
    const anchor = heading.toLowerCase().replace(NO_ANCHOR, "").replaceAll(" ", "-");
    const size = sizes.get(anchor) ?? 0;
    sizes.set(anchor, size + 1);
    return `- [${escaped(heading)}](#${anchor}${size ? `-${size}` : ""})\n`;
  });
  return lines.length ? `\n## Contents\n\n${lines.join("")}` : "";
}
