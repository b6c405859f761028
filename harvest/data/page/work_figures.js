// The figures of works: their code, their years, the way to publication, and what they combine.
import { histogram, stackedColumns } from "./charts.js";
import { h } from "./dom.js";
import { hasValue, ranked } from "./facets.js";
import { ENOUGH, asTable, countCell, figure, legend, skip } from "./figure.js";
import { matrix } from "./matrix.js";
import { LAG_BINS, LAG_STEP, STATES, STATE_NAMES } from "./model.js";
import { cross, termsByYear } from "./statistics.js";
import { SMALLEST_WHOLE, count, number, share, sum } from "./text.js";

const MOST_SERIES = 8;

export function codeFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { period, states, code },
  /** @type {string[]} */ missing,
) {
  const { years } = period;
  const title = "Is there code, and does it still live?";
  const dated = sum(states.map(sum));
  if (dated < ENOUGH)
    return skip(missing, title, `${count(dated, "work")} with a date, ${ENOUGH} are needed`);
  const series = STATES.map((state) => ({ name: STATE_NAMES[state], style: `state-${state}` }));
  const link = (/** @type {number} */ year, /** @type {string} */ state) =>
    app.linkTo({ year: String(year), code: state });
  const at = states.findLastIndex(
    (counts, place) => sum(counts) >= ENOUGH && place < states.length - 1,
  );
  const counts = states[at < 0 ? states.length - 1 : at];
  const total = sum(counts);
  const year = years[states.indexOf(counts)];
  const living = code.isKnown
    ? `; ${share(counts[0] + counts[1], total)} have code that was pushed within two years`
    : "; most of it has not been checked yet";
  const picture = (/** @type {number} */ columns) =>
    stackedColumns({
      name: `${title} Share of the works of each year, ${years[0]} to ${years[years.length - 1]}.`,
      columns: years.map(String),
      series,
      values: states.map((counts) => (sum(counts) < SMALLEST_WHOLE ? counts.map(() => 0) : counts)),
      shares: true,
      width: app.width(columns),
      open: (column, place) => app.go(link(years[column], STATES[place])),
    });
  const rows = years.map((it, column) => [
    [String(it), app.linkTo({ year: String(it) })],
    ...states[column].map((value, place) => countCell(value, link(it, STATES[place]))),
  ]);
  const present = series.filter((_, place) => states.some((column) => column[place]));
  const few = states.some((counts) => sum(counts) && sum(counts) < SMALLEST_WHOLE)
    ? ` A year with fewer than ${SMALLEST_WHOLE} works has no column.`
    : "";
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      `Of the works of ${year}, ${share(total - counts[STATES.length - 1], total)} have code${living}.${few}${before(period)}`,
      picture(columns),
      legend(present),
      asTable(title, ["Year", ...series.map((it) => it.name)], rows),
    );
}

export function yearFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { period },
  /** @type {string[]} */ missing,
) {
  const { years } = period;
  const facet = app.model.byKey.get("method");
  const title = "Works by year and method";
  const places = facet ? ranked({ ...facet, chosen: new Set() }, MOST_SERIES) : [];
  if (!facet || !places.length || !years.length)
    return skip(missing, title, "no list names methods, or no work has a date");
  const counts = termsByYear(app.model, app.rows, years, facet, places);
  if (sum(counts.map(sum)) < ENOUGH)
    return skip(missing, title, `fewer than ${ENOUGH} works with a date`);
  const series = places.map((place, at) => ({ name: facet.values[place], style: `series${at}` }));
  series.push({ name: "other or unknown", style: "series-rest" });
  const link = (/** @type {number} */ year, /** @type {number} */ at) =>
    app.linkTo(
      at < places.length
        ? { year: String(year), method: facet.values[places[at]] }
        : { year: String(year) },
    );
  const [first] = places;
  const picture = (/** @type {number} */ columns) =>
    stackedColumns({
      name: `${title}, ${years[0]} to ${years[years.length - 1]}.`,
      columns: years.map(String),
      series,
      values: counts,
      width: app.width(columns),
      open: (column, at) => app.go(link(years[column], at)),
    });
  const rows = years.map((year, column) => [
    [String(year), app.linkTo({ year: String(year) })],
    ...counts[column].map((value, at) =>
      at < places.length ? countCell(value, link(year, at)) : number(value),
    ),
  ]);
  const sentence = `${facet.values[first]} is the commonest method, with ${count(facet.counts[first], "work")} of ${number(app.rows.length)}. A work counts for the first method that its list names.${before(period)}`;
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      sentence,
      picture(columns),
      legend(series),
      asTable(title, ["Year", ...series.map((it) => it.name)], rows),
    );
}

/** Return the sentence that says how many works are from years without a column. */
function before(/** @type {import("./statistics.js").Period} */ { earlier, years }) {
  if (!earlier) return "";
  return ` ${count(earlier, "work")} from before ${years[0]} ${earlier === 1 ? "is" : "are"} not drawn.`;
}

export function lagFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { lags },
  /** @type {string[]} */ missing,
) {
  const title = "From preprint to publication";
  if (lags.lags.length < ENOUGH)
    return skip(
      missing,
      title,
      `${count(lags.lags.length, "work")} with both dates to the month, ${ENOUGH} are needed; registries give them to a refresh with a network`,
    );
  const open = (/** @type {number} */ bin) => app.go(app.linkTo({ lag: LAG_BINS[bin] }));
  const picture = (/** @type {number} */ columns) =>
    histogram({
      name: `${title}, in months; median ${Math.round(lags.middle)}.`,
      bins: LAG_BINS.map((label, bin) => ({ label, size: lags.bins[bin] })),
      step: LAG_STEP,
      middle: lags.middle,
      width: app.width(columns),
      open,
    });
  const venues = lags.venues.map(({ venue, months, size }) =>
    h(
      "li",
      {},
      h("a", { class: "cut", href: app.linkTo({ form: "published", venue }) }, venue),
      h("span", { class: "soft" }, `${Math.round(months)} months, of ${number(size)}`),
    ),
  );
  const rows = LAG_BINS.map((months, bin) => [
    months,
    countCell(lags.bins[bin], app.linkTo({ lag: months })),
  ]);
  const sentence = `Half of ${count(lags.lags.length, "published preprint")} took more than ${count(Math.round(lags.middle), "month")}.`;
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      sentence,
      picture(columns),
      venues.length > 0 && h("ul", { class: "rows", "aria-label": "Median by venue" }, venues),
      asTable(title, ["Time", "Works"], rows),
    );
}

export function matrixFigure(/** @type {App} */ app, /** @type {string[]} */ missing) {
  const title = "Method by modality";
  const [method, modality] = [app.model.byKey.get("method"), app.model.byKey.get("modality")];
  if (!method || !modality) return skip(missing, title, "the lists name no method, or no modality");
  const both = app.rows.filter((row) => hasValue(method, row) && hasValue(modality, row)).length;
  if (both < ENOUGH)
    return skip(missing, title, `${count(both, "work")} with both, ${ENOUGH} are needed`);
  const crossing = cross(app.model, app.rows, method, modality);
  const [a, b] = crossing.largest;
  const sentence = `${number(both)} works have both; most are ${method.values[a]} and ${modality.values[b]}. A click shows the works of a cell.`;
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      sentence,
      matrix(app, crossing, { rows: 9, columns: 13, isWide: columns > 8 }),
      h(
        "p",
        { class: "more-of" },
        h("a", { href: app.link({ view: "compare", work: null }) }, "Compare other facets"),
      ),
    );
}
