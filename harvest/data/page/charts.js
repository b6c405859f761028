// Figures as SVG with classes: they follow the theme, print, and scale.
import { svg } from "./dom.js";
import { decades, linear, logarithmic, ticks } from "./scale.js";
import { count, number, short } from "./text.js";
import { hint } from "./hint.js";

const LEFT = 44;
const RIGHT = 8;
const TOP = 12;
const BOTTOM = 26;

/**
 * Return an empty figure with the lines and words of its left axis.
 * @param {string} name
 * @param {number} width
 * @param {number} height
 * @param {number[]} marks the values that have a line
 * @param {(value: number) => number} y the places of values
 * @param {(value: number) => string} write
 */
function frame(name, width, height, marks, y, write) {
  const picture = svg("svg", {
    class: "chart",
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": name,
  });
  for (const mark of marks) {
    const height = y(mark);
    picture.append(
      svg("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: height, y2: height }),
      svg("text", { x: LEFT - 8, y: height + 4, "text-anchor": "end" }, write(mark)),
    );
  }
  return picture;
}

/**
 * Return stacked columns.
 * @param {object} chart
 * @param {string} chart.name
 * @param {string[]} chart.columns
 * @param {Series[]} chart.series
 * @param {number[][]} chart.values of each column, one a series
 * @param {boolean} [chart.shares] whether columns are drawn as shares of their sum
 * @param {number} chart.width
 * @param {number} [chart.height]
 * @param {(column: number, series: number) => void} chart.open what a click does
 */
export function stackedColumns({
  name,
  columns,
  series,
  values,
  shares = false,
  width,
  height = 340,
  open,
}) {
  const sums = values.map((parts) => parts.reduce((sum, part) => sum + part, 0));
  const marks = shares ? [0, 25, 50, 75, 100] : ticks(Math.max(...sums));
  const y = linear(marks[marks.length - 1], height - BOTTOM, TOP);
  const picture = frame(name, width, height, marks, y, (mark) =>
    shares ? `${mark} %` : short(mark),
  );
  const step = (width - LEFT - RIGHT) / columns.length;
  const thick = Math.min(step * 0.76, 64);
  const each = Math.ceil(34 / step);
  for (const [column, title] of columns.entries()) {
    const middle = LEFT + step * (column + 0.5);
    let base = 0;
    for (const [place, part] of values[column].entries()) {
      if (!part) continue;
      const value = shares ? (100 * part) / sums[column] : part;
      const [low, high] = [y(base), y(base + value)];
      const gap = low - high > 3 ? 1 : 0;
      const box = {
        x: middle - thick / 2,
        y: high,
        width: thick,
        height: Math.max(0.5, low - high - gap),
        rx: low - high > 5 ? 1.5 : 0,
      };
      const segment = svg("rect", {
        class: `part ${series[place].style}`,
        ...rounded(box),
        onclick: () => open(column, place),
      });
      const percent = Math.round((100 * part) / sums[column]);
      picture.append(
        hint(
          segment,
          `${title} · ${series[place].name}\n${count(part, "work")}, ${percent} % of ${number(sums[column])}`,
        ),
      );
      base += value;
    }
    if ((columns.length - 1 - column) % each === 0) {
      picture.append(svg("text", { x: middle, y: height - 7, "text-anchor": "middle" }, title));
    }
  }
  return picture;
}

/**
 * Return a histogram of months, the last bin of which has all beyond, with a line at the median.
 * @param {object} chart
 * @param {string} chart.name
 * @param {{label: string, size: number}[]} chart.bins
 * @param {number} chart.step the months of a bin
 * @param {number} chart.middle
 * @param {number} chart.width
 * @param {number} [chart.height]
 * @param {(bin: number) => void} chart.open what a click does
 */
export function histogram({ name, bins, step, middle, width, height = 250, open }) {
  const marks = ticks(Math.max(...bins.map((bin) => bin.size)));
  const y = linear(marks[marks.length - 1], height - BOTTOM, TOP + 12);
  const picture = frame(name, width, height, marks, y, short);
  const space = (width - LEFT - RIGHT) / bins.length;
  for (const [bin, { label, size }] of bins.entries()) {
    const x = LEFT + space * bin;
    const isLast = bin === bins.length - 1;
    if (size) {
      const box = { x: x + 1.5, y: y(size), width: space - 3, height: y(0) - y(size), rx: 2 };
      const bar = svg("rect", { class: "part accent", ...rounded(box), onclick: () => open(bin) });
      picture.append(hint(bar, `${label}\n${count(size, "work")}`));
    }
    if ((bin * step) % 6 === 0) {
      const place = { x: isLast ? x + space / 2 : x, y: height - 7, "text-anchor": "middle" };
      picture.append(svg("text", place, `${bin * step}${isLast ? "+" : ""}`));
    }
  }
  const x = LEFT + space * Math.min(bins.length - 0.5, middle / step);
  picture.append(
    svg("line", { class: "median", x1: x, x2: x, y1: TOP - 4, y2: y(0) }),
    svg("text", { class: "strong", x: x + 7, y: TOP + 5 }, `median ${Math.round(middle)} months`),
  );
  return picture;
}

/**
 * Return dots, one path for each style, so that thousands are drawn at once.
 * @param {object} chart
 * @param {string} chart.name
 * @param {{x: number, y: number, style: string}[]} chart.dots
 * @param {string[]} chart.styles from the back to the front
 * @param {{at: number, text: string}[]} chart.labels of some dots, the first the most important
 * @param {(at: number) => string} chart.describe
 * @param {(at: number) => void} chart.open
 * @param {number} chart.width
 * @param {number} [chart.height]
 */
export function scatter({ name, dots, styles, labels, describe, open, width, height = 330 }) {
  const farthest = dots.reduce((most, dot) => Math.max(most, dot.x), 1);
  const highest = dots.reduce((most, dot) => Math.max(most, dot.y), 10);
  const x = linear(farthest, LEFT + 8, width - RIGHT - 8);
  const y = logarithmic(highest * 1.3, height - BOTTOM - 6, TOP);
  const picture = frame(name, width, height, decades(highest), y, short);
  const years = ticks(farthest, Math.max(2, Math.round(width / 130)));
  for (const mark of years.filter((mark) => mark <= farthest)) {
    const place = { x: x(mark), y: height - 7, "text-anchor": "middle" };
    picture.append(svg("text", place, mark ? count(mark, "year") : "new"));
  }
  const size = dots.length > 4000 ? " fine" : dots.length > 600 ? " middling" : "";
  for (const style of styles) {
    const own = dots.filter((dot) => dot.style === style);
    const path = own.map((dot) => `M${x(dot.x).toFixed(1)} ${y(dot.y).toFixed(1)}h0`).join("");
    if (path) picture.append(svg("path", { class: `dots ${style}${size}`, d: path }));
  }
  const places = dots.map((dot) => [x(dot.x), y(dot.y)]);
  picture.append(...labelled(labels, places, width));
  const ring = svg("circle", { class: "ring", r: 7, visibility: "hidden" });
  picture.append(ring);
  followPointer(picture, ring, places, width, { describe, open });
  return picture;
}

/**
 * Return labels beside their dots, without those that would stand on another label.
 * @param {{at: number, text: string}[]} labels
 * @param {number[][]} places of the dots
 * @param {number} width
 */
function labelled(labels, places, width) {
  /** @type {{left: number, right: number, y: number}[]} */
  const boxes = [];
  const texts = [];
  for (const { at, text } of labels) {
    const [x, y] = places[at];
    const long = 6.6 * text.length + 12;
    const isLeft = x + long > width;
    const box = { left: isLeft ? x - long : x, right: isLeft ? x : x + long, y };
    const isFree = boxes.every(
      (it) => it.right < box.left || it.left > box.right || Math.abs(it.y - y) > 15,
    );
    if (!isFree || box.left < LEFT) continue;
    boxes.push(box);
    const place = isLeft ? { x: x - 9, "text-anchor": "end" } : { x: x + 9 };
    texts.push(svg("text", { class: "label", y: y + 4, ...place }, text));
  }
  return texts;
}

/**
 * Show the dot under the pointer, and open it with a click.
 * @param {Element} picture
 * @param {Element} ring
 * @param {number[][]} places of the dots in the picture
 * @param {number} width
 * @param {{describe: (at: number) => string, open: (at: number) => void}} actions
 */
function followPointer(picture, ring, places, width, { describe, open }) {
  let current = -1;
  const nearest = (/** @type {PointerEvent} */ event) => {
    const box = picture.getBoundingClientRect();
    const zoom = width / box.width;
    const at = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    let [best, least] = [-1, 14 ** 2];
    for (const [index, [x, y]] of places.entries()) {
      const distance = (x - at[0]) ** 2 + (y - at[1]) ** 2;
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  };
  hint(picture, (event) => {
    current = nearest(event);
    const [x, y] = places[current] ?? [0, 0];
    ring.setAttribute("visibility", current < 0 ? "hidden" : "visible");
    ring.setAttribute("cx", String(x));
    ring.setAttribute("cy", String(y));
    return current < 0 ? "" : describe(current);
  });
  picture.addEventListener("click", () => current >= 0 && open(current));
}

/** Return a small line of the stars of a repository; `history` has its first day, days and stars. */
export function sparkline(/** @type {StarHistory | undefined} */ history, width = 72, height = 20) {
  if (!history) return null;
  const [start, days, stars] = history;
  const [least, most] = [Math.min(...stars), Math.max(...stars)];
  const x = linear(days[days.length - 1], 2, width - 4);
  const y = linear(most - least, height - 4, 4);
  const points = stars.map(
    (value, at) => `${x(days[at]).toFixed(1)} ${y(value - least).toFixed(1)}`,
  );
  const name = `stars since ${start}: ${number(stars[0])} to ${number(stars[stars.length - 1])}`;
  const [endX, endY] = points[points.length - 1].split(" ");
  return svg(
    "svg",
    {
      class: "spark",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": name,
    },
    svg("path", { d: `M${points.join("L")}` }),
    svg("circle", { cx: endX, cy: endY, r: 2 }),
  );
}

/** Return a share as a bar that says nothing by itself. */
export function meter(/** @type {number} */ share, width = 104, height = 8) {
  return svg(
    "svg",
    { class: "miniature meter", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg("rect", { class: "track", width, height, rx: 4 }),
    svg("rect", { class: "accent", width: Math.max(height, share * width), height, rx: 4 }),
  );
}

/** Return small bars that say nothing by themselves. */
export function miniature(
  /** @type {number[]} */ values,
  /** @type {string} */ style,
  width = 104,
  height = 38,
) {
  const most = Math.max(...values) || 1;
  const step = width / values.length;
  const bars = values.map((value, at) => {
    const size = Math.max(1, (value / most) * height);
    return svg("rect", {
      class: style,
      ...rounded({ x: at * step, y: height - size, width: step - 2, height: size, rx: 1 }),
    });
  });
  return svg(
    "svg",
    { class: "miniature", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    bars,
  );
}

/** Return numbers with two decimals. */
function rounded(/** @type {Record<string, number>} */ box) {
  return Object.fromEntries(
    Object.entries(box).map(([name, value]) => [name, Number(value.toFixed(2))]),
  );
}
