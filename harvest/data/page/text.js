// Text, numbers and dates for people. Everything from outside passes `clean` before it is shown.

// Control characters, marks of direction (trojansource.codes) and signs without width.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+/g;
const BEYOND_ASCII = /[\u0080-\uffff]/;
const MARKS = /\p{Mn}+/gu;
const DAY = 864e5;

/** Return text as one line without characters that hide or turn others. */
export function clean(/** @type {any} */ text) {
  return String(text ?? "")
    .replace(HIDDEN, " ")
    .trim();
}

/** Return text in lower case without accents, for comparison. */
export function fold(/** @type {string} */ text) {
  const isPlain = !BEYOND_ASCII.test(text);
  return isPlain ? text.toLowerCase() : text.normalize("NFD").replace(MARKS, "").toLowerCase();
}

const NUMBER = new Intl.NumberFormat("en"); // made once: a format costs more than its use

/** Return a number with separators, a dash where it is unknown. */
export function number(/** @type {number | null | undefined} */ value) {
  return value === null || value === undefined ? "–" : NUMBER.format(value);
}

/** Return a number in at most four signs. */
export function short(/** @type {number | null | undefined} */ value) {
  if (value === null || value === undefined) return "–";
  if (value < 1000) return String(value);
  const thousands = value / 1000;
  return `${thousands.toFixed(value < 9950 ? 1 : 0).replace(".0", "")}k`;
}

/** Return a number with its noun: 1 work, 2 works. */
export function count(
  /** @type {number} */ value,
  /** @type {string} */ noun,
  plural = `${noun}s`,
) {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

export const SMALLEST_WHOLE = 5;

/** Return a share in per cent, a dash where the whole is too small to say anything. */
export function share(/** @type {number} */ part, /** @type {number} */ whole) {
  return whole < SMALLEST_WHOLE ? "–" : `${Math.round((100 * part) / whole)} %`;
}

/** Return the number of a day since 1970 of a date as precise as it is known; -1 without one. */
export function dayNumber(/** @type {string | null | undefined} */ date) {
  if (!date) return -1;
  const month = Number(date.slice(5, 7)) || 1;
  return Date.UTC(Number(date.slice(0, 4)), month - 1, Number(date.slice(8, 10)) || 1) / DAY;
}

/** @type {Intl.DateTimeFormatOptions[]} as precise as a date is known: year, month, day */
const PRECISIONS = [{ year: "numeric" }, { month: "short" }, { day: "numeric" }];
const DATES = PRECISIONS.map((_, last) => {
  const parts = PRECISIONS.slice(0, last + 1);
  return new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "UTC" }, ...parts));
});

/** Return a date in words, as precise as it is known. */
export function dateInWords(/** @type {string | null | undefined} */ date) {
  if (!date) return "undated";
  const precision = date.length > 7 ? 2 : date.length > 4 ? 1 : 0;
  return DATES[precision].format(dayNumber(date) * DAY);
}

/** Return how long ago a day was, by the clock of the reader. */
export function ago(/** @type {string} */ date, now = Date.now()) {
  const days = Math.floor(now / DAY) - dayNumber(date);
  if (days < 1) return "today";
  if (days < 45) return `${count(days, "day")} ago`;
  if (days < 700) return `${count(Math.round(days / 30.44), "month")} ago`;
  return `${(days / 365.25).toFixed(1).replace(".0", "")} years ago`;
}

/** Return the months between two dates that are precise to the month, null otherwise. */
export function monthsBetween(
  /** @type {string | null} */ first,
  /** @type {string | null} */ last,
) {
  if (!first || !last || first.length < 7 || last.length < 7) return null;
  return Math.max(0, (dayNumber(last) - dayNumber(first)) / 30.44);
}

/** Return the middle value of numbers. */
export function median(/** @type {number[]} */ numbers) {
  const order = [...numbers].sort((a, b) => a - b);
  const middle = order.length >> 1;
  return order.length % 2 ? order[middle] : (order[middle - 1] + order[middle]) / 2;
}

/** Return the name of a field as people write it: `cited_by` is "Cited by". */
export function label(/** @type {string} */ name) {
  const words = clean(name).replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1) || "–";
}

/** Return the sum of numbers. */
export function sum(/** @type {number[]} */ values) {
  return values.reduce((total, value) => total + value, 0);
}
