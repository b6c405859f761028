// Works as a Markdown list.
import { address, marks, plain } from "./citations.js";

const MOST_AUTHORS = 3;

/** Return works as items of a list. */
export function markdown(/** @type {any[]} */ works) {
  return works.map((work) => `- ${item(work)}\n`).join("");
}

function item(work) {
  const title = plainText(work.title || work.id);
  const link = address(work);
  const names = work.authors.map((author) => author.name);
  const people = names.length > MOST_AUTHORS ? `${names[0]} et al.` : names.join(", ");
  const facts = [people, work.container, work.date].filter(Boolean).map(plainText).join(", ");
  const warning = marks(work)
    .map((mark) => ` **${plainText(mark)}.**`)
    .join("");
  const name = /^https?:/i.test(link ?? "") ? `[${title}](${encode(link)})` : title;
  return `${name}${facts && ` - ${facts}.`}${warning}`;
}

/** Return text in which Markdown and HTML mean nothing. */
function plainText(text) {
  return plain(text).replace(/[\\`*_{}[\]<>#|~&]/g, "\\$&");
}

/** Return an address without the signs that would end it. */
function encode(link) {
  return link.replace(
    /[()<>\\\s]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
