// The web pages of identifiers, as harvest/writers/citations.py gives them.

const SAFE_AS_PART = /[^A-Za-z0-9_.~/:;-]/gu; // of a value within an address
const SAFE_AS_WHOLE = /[^A-Za-z0-9_.~:/?#[\]@!$&'*+,;=%-]/gu; // of a whole address

/**
 * Return the address of an identifier, null where it has none that a browser opens.
 * @param {string} curie
 * @param {Record<string, string>} templates of addresses, by scheme, with `{}` for the value
 */
export function pageOf(curie, templates) {
  const colon = curie.indexOf(":");
  const [scheme, value] = [curie.slice(0, colon), curie.slice(colon + 1)];
  if (scheme === "url") return /^https?:\/\//.test(value) ? encode(value, SAFE_AS_WHOLE) : null;
  if (!Object.hasOwn(templates, scheme)) return null;
  return templates[scheme].replace("{}", () => encode(value, SAFE_AS_PART));
}

/** Return text with all but the safe characters percent-encoded. */
function encode(/** @type {string} */ text, /** @type {RegExp} */ unsafe) {
  return text.replace(unsafe, (sign) => {
    const bytes = [...new TextEncoder().encode(sign)];
    return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  });
}
