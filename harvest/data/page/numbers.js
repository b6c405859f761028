// The four numbers of the overview; each is a link.
import { meter, miniature } from "./charts.js";
import { h } from "./dom.js";
import { ENOUGH } from "./figure.js";
import { FLAGGED } from "./model.js";
import { SMALLEST_WHOLE, count, number, share, sum } from "./text.js";

/** @type {Record<string, string>} */
const NOTICE_WORDS = {
  retraction: "retracted",
  withdrawal: "withdrawn",
  expression_of_concern: "of concern",
  correction: "corrected",
};
const LIVING = ["active", "slow"];

/** Return the four numbers. */
export function numbers(/** @type {App} */ app, /** @type {Facts} */ facts) {
  const parts = [worksNumber, codeNumber, publicationNumber, noticeNumber];
  return h(
    "div",
    { class: "numbers" },
    parts.map((part) => part(app, facts)),
  );
}

function worksNumber(/** @type {App} */ app, /** @type {Facts} */ facts) {
  const { first, last, years } = facts.period;
  const span = years.length ? `${first === last ? first : `${first} to ${last}`}, ` : "";
  return bigNumber(
    app.link({ view: "works", work: null }),
    "Works",
    number(app.rows.length),
    `${span}${count(facts.repositories.size, "repository", "repositories")}`,
    years.length > 1 && miniature(facts.states.map(sum), "accent"),
  );
}

function codeNumber(/** @type {App} */ app, /** @type {Facts} */ { period, code, states }) {
  const address = app.linkTo({ code: LIVING });
  if (!code.isKnown) {
    const why = code.withCode
      ? `Not known yet: ${number(code.unchecked)} of ${count(code.withCode, "work")} with code have not been checked`
      : "No list names code for these works";
    return bigNumber(address, "With living code", "–", why);
  }
  const shares = states.map((counts) =>
    sum(counts) < SMALLEST_WHOLE ? 0 : (counts[0] + counts[1]) / sum(counts),
  );
  const any = share(code.withCode, code.works);
  return bigNumber(
    address,
    "With living code",
    share(code.living, code.works),
    `${number(code.living)} pushed within two years; ${any} have any code`,
    period.years.length > 1 && miniature(shares, "state-active"),
  );
}

function publicationNumber(/** @type {App} */ app, /** @type {Facts} */ { lags }) {
  const { published, preprints, unchecked } = lags;
  const address = app.linkTo({ form: "published" });
  const name = "Preprints published";
  if (unchecked * 2 > preprints) {
    const why = `Not known yet: no registry has been asked about ${number(unchecked)} of ${count(preprints, "preprint")}`;
    return bigNumber(address, name, "–", why);
  }
  const of = `${number(published)} of ${count(preprints, "preprint")}`;
  const isEnough = lags.lags.length >= ENOUGH;
  return bigNumber(
    address,
    name,
    share(published, preprints),
    isEnough ? `${of}, after ${count(Math.round(lags.middle), "month")} in the median` : of,
    preprints >= SMALLEST_WHOLE && meter(published / preprints),
  );
}

function noticeNumber(/** @type {App} */ app) {
  const { model, rows } = app;
  /** @type {Map<string, number>} */
  const kinds = new Map(Object.keys(NOTICE_WORDS).map((kind) => [kind, 0]));
  let flagged = 0;
  for (const row of rows) {
    /** @type {Notice[]} */
    const notices = model.value("integrity", row);
    if (notices.length) flagged++;
    for (const kind of new Set(notices.map((notice) => notice.kind)))
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const parts = [...kinds].filter(([, size]) => size);
  const words = parts.map(([kind, size]) => `${number(size)} ${NOTICE_WORDS[kind]}`);
  const findings = `${count(model.core.sizes.findings, "finding")} in the lists`;
  return bigNumber(
    flagged ? app.linkTo({ record: FLAGGED }) : app.link({ view: "findings", work: null }),
    "Needs a look",
    number(flagged),
    `${words.join(", ") || "No notice against a work"}; ${findings}`,
  );
}

function bigNumber(
  /** @type {string} */ address,
  /** @type {string} */ name,
  /** @type {string} */ value,
  /** @type {any} */ about,
  /** @type {Child} */ picture = null,
) {
  return h(
    "a",
    { class: "big", href: address },
    h("span", { class: "what" }, name),
    h("strong", {}, value),
    picture,
    h("small", {}, about),
  );
}
