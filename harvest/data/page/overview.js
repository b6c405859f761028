// The overview: four numbers and the figures, all of the selected works.
import { histogram, miniature, scatter, sparkline, stackedColumns } from "./charts.js";
import { changeItem, selectedChanges, worstFirst } from "./changes.js";
import { blank, fill, h, scroller, svg } from "./dom.js";
import { ranked } from "./facets.js";
import { matrix } from "./matrix.js";
import { FLAGGED, STATES, STATE_NAMES } from "./model.js";
import { ENOUGH, agesAndStars, codeByYear, codeTotals, pairs, publicationLags, rising, termsByYear, yearsOf } from "./statistics.js";
import { SMALLEST_WHOLE, clean, count, dateInWords, dayNumber, number, share } from "./text.js";

const MOST_SERIES = 8;
const LIVING = ["active", "slow"];
const WEEK = 7;
const MOST_NEWS = 10;

/** @typedef {import("./app.js").App} App */

/** Show the overview. */
export async function drawOverview(/** @type {App} */ app, /** @type {Element} */ root) {
  const { model, rows } = app;
  if (!model.count) return fill(root, blank("No works yet", h("span", {}, "Name a list in harvest.toml and run harvest refresh. What it names will stand here.")));
  if (!rows.length) return fill(root, lead(app), blank("No work matches.", h("a", { class: "button", href: app.link({ query: "", filters: new Map() }) }, "Clear search and filters")));
  const years = yearsOf(model, rows);
  const facts = {
    years,
    code: codeTotals(model, rows),
    states: codeByYear(model, rows, years),
    lags: publicationLags(model, rows),
    repositories: app.repositories(),
  };
  /** @type {string[]} */
  const missing = [];
  const news = newsFigure(app, missing);
  const lag = lagFigure(app, facts, missing);
  const stars = risingFigure(app, facts, missing);
  const figures = [
    codeFigure(app, facts, missing, news ? 8 : 12),
    news?.card,
    yearFigure(app, facts, missing, lag ? 7 : 12),
    lag,
    matrixFigure(app, missing, stars ? 7 : 12),
    stars,
    starFigure(app, facts, missing),
  ];
  fill(root, lead(app), numbers(app, facts), h("div", { class: "grid" }, figures, notShown(missing)));
  await news?.draw();
}

function lead(app) {
  const { model, rows } = app;
  const { title, description } = model.core.settings;
  if (app.isPart) {
    return h("div", { class: "lead" }, h("h1", {}, `${number(rows.length)} of ${count(model.count, "work")}`), h("p", {}, "Every number and figure is of the works that match the search and the filters."));
  }
  const lists = count(model.core.lists.length, "curated list");
  const day = model.core.as_of ? ` As of ${dateInWords(model.core.as_of)}.` : "";
  const text = description ? `${clean(description)} ` : "";
  return h("div", { class: "lead" }, h("h1", { dir: "auto" }, clean(title)), h("p", {}, `${text}${count(model.count, "work")} from ${lists}, with their versions, their code, and what became of it.${day}`));
}

// -- numbers -------------------------------------------------------------------------------------

function numbers(app, { years, code, states, lags, repositories }) {
  const { model, rows } = app;
  const total = rows.length;
  const flagged = rows.reduce((sum, row) => sum + (model.value("integrity", row).length ? 1 : 0), 0);
  const span = years.length ? `${years[0]} to ${years[years.length - 1]}, ` : "";
  const living = states.map((counts) => (counts[0] + counts[1]) / (sum(counts) || 1));
  const withCode = `${share(code.withCode, total)} have any code`;
  const enough = lags.lags.length >= ENOUGH;
  return h(
    "div",
    { class: "numbers" },
    bigNumber(app.link({ view: "works", work: null }), "Works", number(total), `${span}${count(repositories.size, "repository", "repositories")}`, years.length > 1 && miniature(states.map(sum), "accent")),
    bigNumber(
      app.linkTo({ code: LIVING }),
      "With living code",
      code.isKnown ? share(code.living, total) : "–",
      code.isKnown ? `${number(code.living)} pushed within two years; ${withCode}` : `Not known yet: ${number(code.unchecked)} of ${count(code.withCode, "work")} with code have not been checked`,
      code.isKnown && years.length > 1 && miniature(living, "state-active"),
    ),
    bigNumber(
      app.linkTo({ form: "published" }),
      "Preprints published",
      share(lags.published, lags.preprints),
      enough ? `${number(lags.published)} of ${number(lags.preprints)}, after ${Math.round(lags.middle)} months in the median` : `${number(lags.published)} of ${count(lags.preprints, "preprint")}`,
    ),
    bigNumber(
      flagged ? app.linkTo({ record: FLAGGED }) : app.link({ view: "findings", work: null }),
      "Needs a look",
      number(flagged),
      `retracted, withdrawn, corrected or of concern; ${count(model.core.findings, "finding")} in the lists`,
    ),
  );
}

function bigNumber(address, name, value, about, picture = null) {
  return h("a", { class: "big", href: address }, h("span", { class: "what" }, name), h("strong", {}, value), picture, h("small", {}, about));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

// -- figures -------------------------------------------------------------------------------------

function figure(size, title, sentence, ...content) {
  return h("figure", { class: `card ${size}` }, h("figcaption", {}, h("h2", {}, title), h("p", { class: "soft" }, sentence)), content);
}

/** Return a table under a figure. A cell is a text, or a text with the address of its works. */
function asTable(name, head, rows) {
  const cell = (value) => (Array.isArray(value) ? h("a", { href: value[1] }, value[0]) : value);
  const body = rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row", dir: "auto" }, cell(first)), rest.map((value) => h("td", {}, cell(value)))));
  const table = h("table", { class: "data" }, h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col", dir: "auto" }, text)))), h("tbody", {}, body));
  return h("details", { class: "as-table" }, h("summary", {}, "Show as a table"), scroller(name, table));
}

function legend(series) {
  const square = (style) => svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("rect", { class: style, width: 10, height: 10, rx: 3 }));
  return h("ul", { class: "legend" }, series.map(({ name, style }) => h("li", { dir: "auto" }, square(style), name)));
}

function countCell(value, address) {
  return value ? [number(value), address] : "–";
}

function codeFigure(app, { years, states, code }, missing, columns) {
  const title = "Is there code, and does it still live?";
  const dated = sum(states.map(sum));
  if (dated < ENOUGH) return skip(missing, title, `${count(dated, "work")} with a date, ${ENOUGH} are needed`);
  const series = STATES.map((state) => ({ name: STATE_NAMES[state], style: `state-${state}` }));
  const link = (year, state) => app.linkTo({ year: String(year), code: state });
  const at = states.findLastIndex((counts, place) => sum(counts) >= ENOUGH && place < states.length - 1);
  const counts = states[at < 0 ? states.length - 1 : at];
  const total = sum(counts);
  const year = years[states.indexOf(counts)];
  const living = code.isKnown ? `; ${share(counts[0] + counts[1], total)} have code that was pushed within two years` : "; most of it has not been checked yet";
  const picture = stackedColumns({
    name: `${title} Share of the works of each year, ${years[0]} to ${years[years.length - 1]}.`,
    columns: years.map(String),
    series,
    values: states.map((counts) => (sum(counts) < SMALLEST_WHOLE ? counts.map(() => 0) : counts)),
    shares: true,
    width: app.width(columns),
    open: (column, place) => app.go(link(years[column], STATES[place])),
  });
  const rows = years.map((it, column) => [[String(it), app.linkTo({ year: String(it) })], ...states[column].map((value, place) => countCell(value, link(it, STATES[place])))]);
  const present = series.filter((_, place) => states.some((column) => column[place]));
  const few = states.some((counts) => sum(counts) && sum(counts) < SMALLEST_WHOLE) ? ` Years with fewer than ${SMALLEST_WHOLE} works are left out.` : "";
  return figure(`wide${columns}`, title, `Of the works of ${year}, ${share(total - counts[STATES.length - 1], total)} have code${living}.${few}`, picture, legend(present), asTable(title, ["Year", ...series.map((it) => it.name)], rows));
}

function yearFigure(app, { years }, missing, columns) {
  const facet = app.model.byKey.get("method");
  const title = "Works by year and method";
  const places = facet ? ranked({ ...facet, chosen: new Set() }, MOST_SERIES) : [];
  if (!places.length || !years.length) return skip(missing, title, "no list names methods, or no work has a date");
  const counts = termsByYear(app.model, app.rows, years, facet, places);
  if (sum(counts.map(sum)) < ENOUGH) return skip(missing, title, `fewer than ${ENOUGH} works with a date`);
  const series = places.map((place, at) => ({ name: facet.values[place], style: `series${at}` }));
  series.push({ name: "other or unknown", style: "series-rest" });
  const link = (year, at) => app.linkTo(at < places.length ? { year: String(year), method: facet.values[places[at]] } : { year: String(year) });
  const [first] = places;
  const picture = stackedColumns({
    name: `${title}, ${years[0]} to ${years[years.length - 1]}.`,
    columns: years.map(String),
    series,
    values: counts,
    width: app.width(columns),
    open: (column, at) => app.go(link(years[column], at)),
  });
  const rows = years.map((year, column) => [[String(year), app.linkTo({ year: String(year) })], ...counts[column].map((value, at) => (at < places.length ? countCell(value, link(year, at)) : number(value)))]);
  const sentence = `${facet.values[first]} is the commonest method, with ${count(facet.counts[first], "work")} of ${number(app.rows.length)}. A work counts for the first method that its list names.`;
  return figure(`wide${columns}`, title, sentence, picture, legend(series), asTable(title, ["Year", ...series.map((it) => it.name)], rows));
}

function lagFigure(app, { lags }, missing) {
  const title = "From preprint to publication";
  if (lags.lags.length < ENOUGH) return skip(missing, title, `${count(lags.lags.length, "work")} with both dates to the month, ${ENOUGH} are needed`);
  const open = () => app.go(app.linkTo({ form: "published" }));
  const picture = histogram({ name: `${title}, in months; median ${Math.round(lags.middle)}.`, bins: lags.bins, middle: lags.middle, width: app.width(5), open });
  const venues = lags.venues.map(({ venue, months, size }) => h("li", {}, h("a", { class: "cut", href: app.linkTo({ form: "published", venue }) }, venue), h("span", { class: "soft" }, `${Math.round(months)} months, of ${number(size)}`)));
  const rows = lags.bins.map((size, bin) => [bin === lags.bins.length - 1 ? `${bin} or more` : String(bin), number(size)]);
  const sentence = `Half of ${count(lags.lags.length, "published preprint")} took more than ${count(Math.round(lags.middle), "month")}.`;
  return figure("wide5", title, sentence, picture, venues.length > 0 && h("ul", { class: "rows", "aria-label": "Median by venue" }, venues), asTable(title, ["Months", "Works"], rows));
}

function matrixFigure(app, missing, columns) {
  const [method, modality] = [app.model.byKey.get("method"), app.model.byKey.get("modality")];
  const title = "Method by modality";
  const both = method && modality ? app.rows.filter((row) => method.starts[row] < method.starts[row + 1] && modality.starts[row] < modality.starts[row + 1]) : [];
  if (both.length < ENOUGH) return skip(missing, title, `${count(both.length, "work")} with both, ${ENOUGH} are needed`);
  const [a, b] = largestPair(app, method, modality);
  const sentence = `${number(both.length)} works have both; most are ${method.values[a]} and ${modality.values[b]}. A click shows the works of a cell.`;
  return figure(`wide${columns}`, title, sentence, matrix(app, method, modality, { rows: 9, columns: 13 }), h("p", { class: "soft" }, h("a", { href: app.link({ view: "compare", work: null }) }, "Compare other facets")));
}

function largestPair(app, first, second) {
  const counts = pairs(app.model, app.rows, first, second);
  const all = ranked(first).flatMap((a) => ranked(second).map((b) => [a, b]));
  return all.reduce((best, pair) => (counts(...pair).works > counts(...best).works ? pair : best));
}

function risingFigure(app, { repositories }, missing) {
  const { model } = app;
  const title = "Rising code";
  const gains = rising(model, repositories.keys());
  if (!gains.length) return skip(missing, title, "star history begins with the second night on which GitHub answers");
  const items = gains.slice(0, 9).map(({ place, gain }) =>
    h(
      "li",
      {},
      h("a", { class: "cut", href: app.link({ view: "works", query: `"${model.names[place]}"`, work: null }) }, stateDot(model.states[place]), clean(model.names[place])),
      sparkline(model.core.history[place], 84, 22),
      h("b", {}, `+${number(gain)}`),
    ),
  );
  const rows = gains.slice(0, 50).map(({ place, gain, days }) => [clean(model.names[place]), number(model.stars[place]), `+${number(gain)}`, number(days)]);
  const total = gains.reduce((all, it) => all + it.gain, 0);
  return figure("wide5", title, `${count(gains.length, "repository", "repositories")} gained ${count(total, "star")} in the last month of counts.`, h("ul", { class: "rows three" }, items), asTable(title, ["Repository", "Stars", "Gained", "In days"], rows));
}

function stateDot(state) {
  return h("span", { class: `dot ${state}`, title: STATE_NAMES[state] });
}

function starFigure(app, { repositories }, missing) {
  const { model } = app;
  const title = "Stars against age";
  const found = agesAndStars(model, repositories.keys());
  if (found.length < ENOUGH) return skip(missing, title, `${count(found.length, "repository", "repositories")} with stars and age, ${ENOUGH} are needed`);
  const dots = found.map(({ place, stars, age }) => ({
    x: age,
    y: stars,
    style: `state-${model.states[place]}`,
    text: `${clean(model.names[place])}\n★ ${number(stars)} · ${STATE_NAMES[model.states[place]]} · ${age.toFixed(1)} years old`,
    open: () => app.go(app.link({ view: "works", query: `"${model.names[place]}"`, work: null })),
  }));
  const styles = ["unknown", "dormant", "empty", "archived", "slow", "active", "gone"].map((state) => `state-${state}`);
  const top = found.reduce((best, it) => (it.stars > best.stars ? it : best));
  const sentence = `Each dot is a repository. ${clean(model.names[top.place])} has most stars, ${number(top.stars)}, after ${top.age.toFixed(0)} years.`;
  const present = STATES.filter((state) => found.some(({ place }) => model.states[place] === state));
  const largest = [...found].sort((a, b) => b.stars - a.stars).slice(0, 50);
  const rows = largest.map(({ place, stars, age }) => [clean(model.names[place]), number(stars), age.toFixed(1), STATE_NAMES[model.states[place]]]);
  return figure("wide12", title, sentence, scatter({ name: `${title} of ${count(found.length, "repository", "repositories")}.`, dots, styles, width: app.width(12) }), legend(present.map((state) => ({ name: STATE_NAMES[state], style: `state-${state}` }))), asTable(`${title}, the 50 with most stars`, ["Repository", "Stars", "Years", "State"], rows));
}

/** Return the figure of the last week, whose content is drawn when the log is unpacked. */
function newsFigure(app, missing) {
  if (!app.model.core.changes) return skip(missing, "What changed", "the log begins with the second refresh");
  const card = h("figure", { class: "card wide4" });
  const drawing = app.drawing;
  const draw = async () => {
    const log = await selectedChanges(app);
    if (app.drawing === drawing) fill(card, news(app, log));
  };
  return { card, draw };
}

function news(app, log) {
  const caption = (text) => h("figcaption", {}, h("h2", {}, "What changed"), h("p", { class: "soft" }, text));
  if (!log.length) return caption("Nothing has changed in these works.");
  const last = log[0].date;
  const week = log.filter((change) => dayNumber(last) - dayNumber(change.date) < WEEK);
  const stars = week.filter((change) => change.kind === "stars").reduce((all, it) => all + it.after - it.before, 0);
  const worst = week.filter((change) => change.kind !== "stars").sort(worstFirst);
  const text = `In the week to ${dateInWords(last)}: ${count(worst.length, "change")}${stars > 0 ? ` and ${count(stars, "new star")}` : ""}.`;
  const list = h("ul", { class: "changes" }, worst.slice(0, MOST_NEWS).map((change) => changeItem(app, change)));
  return [caption(text), list, h("p", { class: "soft" }, h("a", { href: app.link({ view: "changes", work: null }) }, "All changes"))];
}

function skip(missing, title, reason) {
  missing.push(`${title}: ${reason}.`);
  return null;
}

function notShown(missing) {
  if (!missing.length) return null;
  return h("div", { class: "card wide12 not-shown" }, h("h2", {}, "Not shown yet"), h("ul", { class: "plain" }, missing.map((text) => h("li", {}, text))));
}
