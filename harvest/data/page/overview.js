// The overview: four numbers and the figures, all of the selected works.
import { changeItem, selectedChanges, worstFirst } from "./changes.js";
import { risingFigure, starFigure } from "./code_figures.js";
import { fill, h } from "./dom.js";
import { notShown, skip } from "./figure.js";
import { numbers } from "./numbers.js";
import { codeByYear, codeTotals, periodOf, publicationLags } from "./statistics.js";
import { clean, count, dateInWords, dayNumber, number } from "./text.js";
import { codeFigure, lagFigure, matrixFigure, yearFigure } from "./work_figures.js";

const WEEK = 7;
const MOST_NEWS = 8;

/** Show the overview. */
export async function drawOverview(/** @type {App} */ app, /** @type {Element} */ root) {
  const { model, rows } = app;
  const period = periodOf(model, rows);
  const facts = {
    period,
    code: codeTotals(model, rows),
    states: codeByYear(model, rows, period.years),
    lags: publicationLags(model, rows),
    repositories: app.repositories(),
  };
  /** @type {string[]} */
  const missing = [];
  const news = newsFigure(app, missing);
  const figures = inRows([
    [codeFigure(app, facts, missing), news.draw, 8],
    [yearFigure(app, facts, missing), lagFigure(app, facts, missing), 7],
    [matrixFigure(app, missing), risingFigure(app, facts, missing), 7],
    [starFigure(app, facts, missing), null, 12],
  ]);
  fill(
    root,
    lead(app),
    numbers(app, facts),
    h("div", { class: "grid" }, figures, notShown(missing)),
  );
  await news.unpack();
}

/**
 * Draw figures in rows of twelve columns: two share a row, the first with so many columns; those
 * whose neighbour is not shown stand side by side.
 * @param {[Draw | null, Draw | null, number][]} rows
 */
function inRows(rows) {
  const full = rows.filter(([first, second]) => first && second);
  const single = rows
    .filter((row) => !full.includes(row))
    .map(([first, second]) => first ?? second);
  const rest = single.filter((draw) => draw !== null);
  const figures = full.flatMap(([first, second, columns]) => [
    first?.(columns),
    second?.(12 - columns),
  ]);
  const isOdd = rest.length % 2 === 1;
  return [...figures, ...rest.map((draw, at) => draw(isOdd && at === rest.length - 1 ? 12 : 6))];
}

function lead(/** @type {App} */ app) {
  const { model, rows } = app;
  const { title, description } = model.core.settings;
  if (app.isPart) {
    return h(
      "div",
      { class: "lead" },
      h("h1", {}, `${number(rows.length)} of ${count(model.count, "work")}`),
      h("p", {}, "Every number and figure is of the works that match the search and the filters."),
    );
  }
  const lists = count(model.core.lists.length, "curated list");
  const day = model.core.as_of ? ` As of ${dateInWords(model.core.as_of)}.` : "";
  const text = description ? `${clean(description)} ` : "";
  return h(
    "div",
    { class: "lead" },
    h("h1", { dir: "auto" }, clean(title)),
    h(
      "p",
      {},
      `${text}${count(model.count, "work")} from ${lists}, with their versions, their code, and what became of it.${day}`,
    ),
  );
}

/** Return the figure of the last week, and what fills it when the log is unpacked. */
function newsFigure(/** @type {App} */ app, /** @type {string[]} */ missing) {
  if (!app.model.core.sizes.changes) {
    skip(missing, "What changed", "the log begins with the second refresh");
    return { draw: null, unpack: () => {} };
  }
  const card = h("figure", { class: "card" });
  const drawing = app.drawing;
  return {
    draw: (/** @type {number} */ columns) => {
      card.classList.add(`wide${columns}`);
      return card;
    },
    unpack: async () => {
      const log = await selectedChanges(app);
      if (app.drawing === drawing) fill(card, news(app, log));
    },
  };
}

function news(/** @type {App} */ app, /** @type {Change[]} */ log) {
  const caption = (/** @type {string} */ text) =>
    h("figcaption", {}, h("h2", {}, "What changed"), h("p", { class: "soft" }, text));
  if (!log.length) return caption("Nothing has changed in these works.");
  const last = log[0].date;
  const week = log.filter((change) => dayNumber(last) - dayNumber(change.date) < WEEK);
  const stars = week
    .filter((change) => change.kind === "stars")
    .reduce((all, it) => all + it.after - it.before, 0);
  const worst = week.filter((change) => change.kind !== "stars").sort(worstFirst);
  const text = `In the week to ${dateInWords(last)}: ${count(worst.length, "change")}${stars > 0 ? ` and ${count(stars, "new star")}` : ""}.`;
  const list = h(
    "ul",
    { class: "changes brief" },
    worst.slice(0, MOST_NEWS).map((change) => changeItem(app, change)),
  );
  return [
    caption(text),
    list,
    h(
      "p",
      { class: "more-of" },
      h("a", { href: app.link({ view: "changes", work: null }) }, "All changes"),
    ),
  ];
}
