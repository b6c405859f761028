// The figures of works: their code, their years, the way to publication, and what they combine.
import { histogram, stackedColumns } from "./charts.js";
import { h } from "./dom.js";
import { hasValue, ranked } from "./facets.js";
import { ENOUGH, asTable, countCell, figure, legend, skip } from "./figure.js";
import { matrix } from "./matrix.js";
import { STATES, STATE_NAMES } from "./model.js";
import { cross, termsByYear } from "./statistics.js";
import { SMALLEST_WHOLE, count, number, share, sum } from "./text.js";

const MOST_SERIES = 8;

export function codeFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { years, states, code },
  /** @type {string[]} */ missing,
  /** @type {number} */ columns,
) {
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
  const picture = stackedColumns({
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
    ? ` Years with fewer than ${SMALLEST_WHOLE} works are left out.`
    : "";
  return figure(
    `wide${columns}`,
    title,
    `Of the works of ${year}, ${share(total - counts[STATES.length - 1], total)} have code${living}.${few}`,
    picture,
    legend(present),
    asTable(title, ["Year", ...series.map((it) => it.name)], rows),
  );
}

export function yearFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { years },
  /** @type {string[]} */ missing,
  /** @type {number} */ columns,
) {
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
  const picture = stackedColumns({
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
  const sentence = `${facet.values[first]} is the commonest method, with ${count(facet.counts[first], "work")} of ${number(app.rows.length)}. A work counts for the first method that its list names.`;
  return figure(
    `wide${columns}`,
    title,
    sentence,
    picture,
    legend(series),
    asTable(title, ["Year", ...series.map((it) => it.name)], rows),
  );
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
      `${count(lags.lags.length, "work")} with both dates to the month, ${ENOUGH} are needed`,
    );
  const open = () => app.go(app.linkTo({ form: "published" }));
  const picture = histogram({
    name: `${title}, in months; median ${Math.round(lags.middle)}.`,
    bins: lags.bins,
    middle: lags.middle,
    width: app.width(5),
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
  const rows = lags.bins.map((size, bin) => [
    bin === lags.bins.length - 1 ? `${bin} or more` : String(bin),
    number(size),
  ]);
  const sentence = `Half of ${count(lags.lags.length, "published preprint")} took more than ${count(Math.round(lags.middle), "month")}.`;
  return figure(
    "wide5",
    title,
    sentence,
    picture,
    venues.length > 0 && h("ul", { class: "rows", "aria-label": "Median by venue" }, venues),
    asTable(title, ["Months", "Works"], rows),
  );
}

export function matrixFigure(
  /** @type {App} */ app,
  /** @type {string[]} */ missing,
  /** @type {number} */ columns,
) {
  const title = "Method by modality";
  const [method, modality] = [app.model.byKey.get("method"), app.model.byKey.get("modality")];
  if (!method || !modality) return skip(missing, title, "the lists name no method, or no modality");
  const both = app.rows.filter((row) => hasValue(method, row) && hasValue(modality, row)).length;
  if (both < ENOUGH)
    return skip(missing, title, `${count(both, "work")} with both, ${ENOUGH} are needed`);
  const crossing = cross(app.model, app.rows, method, modality);
  const [a, b] = crossing.largest;
  const sentence = `${number(both)} works have both; most are ${method.values[a]} and ${modality.values[b]}. A click shows the works of a cell.`;
  return figure(
    `wide${columns}`,
    title,
    sentence,
    matrix(app, crossing, { rows: 9, columns: 13 }),
    h(
      "p",
      { class: "soft" },
      h("a", { href: app.link({ view: "compare", work: null }) }, "Compare other facets"),
    ),
  );
}
