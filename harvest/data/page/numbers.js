// The four numbers of the overview; each is a link.
import { miniature } from "./charts.js";
import { h } from "./dom.js";
import { ENOUGH } from "./figure.js";
import { FLAGGED } from "./model.js";
import { count, number, share, sum } from "./text.js";

const LIVING = ["active", "slow"];

/** Return the four numbers. */
export function numbers(
  /** @type {App} */ app,
  /** @type {Facts} */ { years, code, states, lags, repositories },
) {
  const { model, rows } = app;
  const total = rows.length;
  const flagged = rows.reduce(
    (sum, row) => sum + (model.value("integrity", row).length ? 1 : 0),
    0,
  );
  const span = years.length ? `${years[0]} to ${years[years.length - 1]}, ` : "";
  const living = states.map((counts) => (counts[0] + counts[1]) / (sum(counts) || 1));
  const withCode = `${share(code.withCode, total)} have any code`;
  const enough = lags.lags.length >= ENOUGH;
  return h(
    "div",
    { class: "numbers" },
    bigNumber(
      app.link({ view: "works", work: null }),
      "Works",
      number(total),
      `${span}${count(repositories.size, "repository", "repositories")}`,
      years.length > 1 && miniature(states.map(sum), "accent"),
    ),
    bigNumber(
      app.linkTo({ code: LIVING }),
      "With living code",
      code.isKnown ? share(code.living, total) : "–",
      code.isKnown
        ? `${number(code.living)} pushed within two years; ${withCode}`
        : `Not known yet: ${number(code.unchecked)} of ${count(code.withCode, "work")} with code have not been checked`,
      code.isKnown && years.length > 1 && miniature(living, "state-active"),
    ),
    bigNumber(
      app.linkTo({ form: "published" }),
      "Preprints published",
      share(lags.published, lags.preprints),
      enough
        ? `${number(lags.published)} of ${number(lags.preprints)}, after ${Math.round(lags.middle)} months in the median`
        : `${number(lags.published)} of ${count(lags.preprints, "preprint")}`,
    ),
    bigNumber(
      flagged ? app.linkTo({ record: FLAGGED }) : app.link({ view: "findings", work: null }),
      "Needs a look",
      number(flagged),
      `retracted, withdrawn, corrected or of concern; ${count(model.core.sizes.findings, "finding")} in the lists`,
    ),
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
