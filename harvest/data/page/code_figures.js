// The figures of repositories: which rise, and how stars go with age.
import { scatter, sparkline } from "./charts.js";
import { h } from "./dom.js";
import { ENOUGH, asTable, figure, legend, skip } from "./figure.js";
import { STATES, STATE_NAMES } from "./model.js";
import { stateDot } from "./pieces.js";
import { agesAndStars, rising } from "./statistics.js";
import { clean, count, number } from "./text.js";

const LONGEST_TABLE = 50;

export function risingFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { repositories },
  /** @type {string[]} */ missing,
) {
  const { model } = app;
  const title = "Rising code";
  const { counted, gains } = rising(model, repositories.keys());
  if (counted < ENOUGH)
    return skip(
      missing,
      title,
      `${count(counted, "repository", "repositories")} with star history, ${ENOUGH} are needed; it begins with the second night on which GitHub answers`,
    );
  const items = gains.slice(0, 11).map(({ place, gain }) =>
    h(
      "li",
      {},
      h(
        "a",
        {
          class: "cut",
          href: app.worksOf(place),
        },
        stateDot(model.states[place]),
        clean(model.names[place]),
      ),
      sparkline(model.core.history[place], 84, 22),
      h("b", {}, `+${number(gain)}`),
    ),
  );
  const rows = gains
    .slice(0, LONGEST_TABLE)
    .map(({ place, gain, days }) => [
      [clean(model.names[place]), app.worksOf(place)],
      number(model.stars[place]),
      `+${number(gain)}`,
      number(days),
    ]);
  const total = gains.reduce((all, it) => all + it.gain, 0);
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      `${count(gains.length, "repository", "repositories")} gained ${count(total, "star")} in the last month of counts.`,
      h("ul", { class: "rows three" }, items),
      asTable(title, ["Repository", "Stars", "Gained", "In days"], rows, firstOf(gains.length)),
    );
}

/** Return what a table of so many repositories leaves out. */
function firstOf(/** @type {number} */ size) {
  return size > LONGEST_TABLE ? `The first ${LONGEST_TABLE} of ${number(size)}.` : "";
}

export function starFigure(
  /** @type {App} */ app,
  /** @type {Facts} */ { repositories },
  /** @type {string[]} */ missing,
) {
  const { model } = app;
  const title = "Stars against age";
  const found = agesAndStars(model, repositories.keys());
  if (found.length < ENOUGH)
    return skip(
      missing,
      title,
      `${count(found.length, "repository", "repositories")} with stars and age, ${ENOUGH} are needed; GitHub gives them to a refresh with a network`,
    );
  const dots = found.map(({ place, stars, age }) => ({
    x: age,
    y: stars,
    style: `state-${model.states[place]}`,
  }));
  const describe = (/** @type {number} */ at) => {
    const { place, stars, age } = found[at];
    return `${clean(model.names[place])}\n★ ${number(stars)} · ${STATE_NAMES[model.states[place]]} · ${age.toFixed(1)} years old`;
  };
  const open = (/** @type {number} */ at) => app.go(app.worksOf(found[at].place));
  const styles = ["unknown", "dormant", "empty", "archived", "slow", "active", "gone"].map(
    (state) => `state-${state}`,
  );
  const top = found.reduce((best, it) => (it.stars > best.stars ? it : best));
  const sentence = `Each dot is a repository. ${clean(model.names[top.place])} has most stars, ${number(top.stars)}, after ${top.age.toFixed(1)} years.`;
  const present = STATES.filter((state) =>
    found.some(({ place }) => model.states[place] === state),
  );
  const order = [...found.keys()].sort((a, b) => found[b].stars - found[a].stars);
  const labels = order.slice(0, 6).map((at) => ({ at, text: clean(model.names[found[at].place]) }));
  const largest = order.slice(0, LONGEST_TABLE).map((at) => found[at]);
  const rows = largest.map(({ place, stars, age }) => [
    [clean(model.names[place]), app.worksOf(place)],
    number(stars),
    age.toFixed(1),
    STATE_NAMES[model.states[place]],
  ]);
  return (/** @type {number} */ columns) =>
    figure(
      `wide${columns}`,
      title,
      sentence,
      scatter({
        name: `${title} of ${count(found.length, "repository", "repositories")}.`,
        dots,
        styles,
        labels,
        describe,
        open,
        width: app.width(columns),
      }),
      legend(present.map((state) => ({ name: STATE_NAMES[state], style: `state-${state}` }))),
      asTable(title, ["Repository", "Stars", "Years", "State"], rows, firstOf(found.length)),
    );
}
