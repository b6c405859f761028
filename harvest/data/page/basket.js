// The selected works: how many there are, and what can be done with them.
import { fill, h } from "./dom.js";
import { takeAwayMenu } from "./take_away.js";
import { count } from "./text.js";

/** Show the basket; without a work it is hidden. */
export function drawBasket(/** @type {App} */ app, /** @type {any} */ root) {
  const rows = app.state.picked
    .map((id) => app.model.rows.get(id))
    .filter((row) => row !== undefined);
  root.hidden = !rows.length;
  if (!rows.length) return;
  const inOrder = () => [...rows].sort((a, b) => a - b);
  const drop = h("a", { href: app.link({ picked: [] }) }, "Clear");
  const compare = h(
    "a",
    { class: "strong", href: app.link({ view: "compare", work: null }) },
    "Compare",
  );
  fill(
    root,
    h("span", {}, `${count(rows.length, "work")} selected`),
    compare,
    takeAwayMenu(app, inOrder),
    drop,
  );
}
