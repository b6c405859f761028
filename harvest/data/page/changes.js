// The log of changes, night by night.
import { recordAt } from "./codec.js";
import { blank, fill, h } from "./dom.js";
import { clean, count, dateInWords, number } from "./text.js";

const KINDS = [
  "retracted",
  "withdrawn",
  "questioned",
  "corrected",
  "gone",
  "blocked",
  "archived",
  "published",
  "back",
  "unarchived",
  "added",
  "merged",
  "split",
  "renamed",
  "retitled",
  "unlisted",
  "stars",
];
/** @type {Record<string, string>} */
const STYLES = {
  retracted: "bad",
  withdrawn: "bad",
  questioned: "bad",
  gone: "bad",
  blocked: "bad",
  corrected: "warn",
  archived: "warn",
  published: "good",
  added: "good",
  back: "good",
  unarchived: "good",
};
const PART = 200;

/** Order changes by how bad their news are, then by day. */
export function worstFirst(/** @type {any} */ a, /** @type {any} */ b) {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.date < b.date ? 1 : -1);
}

/** Return the changes of the selected works and their repositories, the newest first. */
export async function selectedChanges(/** @type {App} */ app) {
  const changes = await app.part("changes");
  const size = app.model.core.sizes.changes;
  const log = Array.from({ length: size }, (_, row) => recordAt(changes, size - 1 - row));
  if (!app.isPart) return log;
  const ids = new Set([...app.rows].map((row) => app.model.ids[row]));
  for (const place of app.repositories().keys()) ids.add(app.model.code("id", place));
  return log.filter((change) => ids.has(change.id));
}

/** Show the log. */
export async function drawChanges(/** @type {App} */ app, /** @type {Element} */ root) {
  const drawing = app.drawing;
  const log = await selectedChanges(app);
  if (app.drawing !== drawing) return;
  const lead = h(
    "div",
    { class: "lead" },
    h("h1", {}, "What changed, night by night"),
    h(
      "p",
      {},
      "New works, preprints that were published, notices against papers, and what became of the code. ",
      "The same as a feed: ",
      document.querySelector('footer [href="changes.atom"]')?.cloneNode(true),
    ),
  );
  if (!log.length) {
    const why = app.isPart
      ? "Nothing has changed in the selected works."
      : "The log begins with the second refresh.";
    return fill(root, lead, blank("No change is recorded", h("span", {}, why)));
  }
  const chosen = log.filter((change) => !app.state.kind || change.kind === app.state.kind);
  fill(root, lead, kinds(app, log), nights(app, chosen), older(app.model.core));
}

/** Return how many changes there are of each kind; a click shows one kind alone. */
function kinds(/** @type {App} */ app, /** @type {Change[]} */ log) {
  const sizes = KINDS.map((kind) => ({
    kind,
    size: log.filter((change) => change.kind === kind).length,
  }));
  const items = sizes
    .filter(({ kind, size }) => size || kind === app.state.kind)
    .map(({ kind, size }) => {
      const isChosen = kind === app.state.kind;
      const address = app.link({ kind: isChosen ? "" : kind });
      return h(
        "li",
        {},
        h(
          "a",
          { id: `kind-${kind}`, href: address, "aria-current": isChosen ? "true" : null },
          kind,
          h("b", {}, number(size)),
        ),
      );
    });
  return h("ul", { class: "states", "aria-label": "Kinds of changes" }, items);
}

function nights(/** @type {App} */ app, /** @type {Change[]} */ log) {
  const list = h("div", { class: "card nights" });
  const more = h("button", { class: "button", type: "button" });
  const days = [...new Set(log.map((change) => change.date))];
  let rest = log;
  const show = () => {
    for (let shown = 0; shown < PART && days.length; ) {
      const day = days.shift();
      const own = rest.filter((change) => change.date === day);
      rest = rest.filter((change) => change.date !== day);
      shown += own.length;
      list.append(night(app, own));
    }
    more.textContent = `Show more of ${number(log.length)} changes`;
    more.hidden = !days.length;
  };
  more.addEventListener("click", show);
  show();
  return [list, h("div", { class: "end" }, more)];
}

/** Return how many changes the page has no room for. */
function older(/** @type {Core} */ core) {
  const rest = core.all_changes - core.sizes.changes;
  const text = `${count(rest, "older change")} are in changes.csv beside this page.`;
  return rest > 0 && h("p", { class: "end" }, text);
}

function night(/** @type {App} */ app, /** @type {Change[]} */ changes) {
  const stars = changes.filter((change) => change.kind === "stars");
  const news = changes.filter((change) => change.kind !== "stars").sort(worstFirst);
  const gained = stars.reduce((sum, change) => sum + change.after - change.before, 0);
  const places = count(stars.length, "repository", "repositories");
  const summary = `${gained < 0 ? "−" : "+"}${count(Math.abs(gained), "star")} in ${places}`;
  return h(
    "section",
    { class: "night" },
    h("h2", {}, dateInWords(changes[0].date)),
    h(
      "div",
      {},
      h(
        "ul",
        { class: "changes" },
        news.map((change) => changeItem(app, change, true)),
      ),
      stars.length > 0 && h("p", { class: "soft small" }, summary),
    ),
  );
}

/** Return a change as an item of a list. */
export function changeItem(/** @type {App} */ app, /** @type {any} */ change, full = false) {
  const isCode = change.id.startsWith("github:");
  const name = clean(change.title ?? change.id.replace(/^github:/, ""));
  const address = isCode ? app.model.address(change.id) : app.link({ work: change.id });
  const values = [change.before, change.after].filter(
    (value) => value !== null && value !== undefined,
  );
  const about =
    full && values.length
      ? `${values.map(clean).join(" → ")} · ${change.cause}`
      : full && change.cause;
  return h(
    "li",
    {},
    h("span", { class: `tag ${STYLES[change.kind] ?? ""}` }, change.kind),
    h(
      "span",
      { class: "text" },
      h("a", { href: address, dir: "auto" }, name),
      about && h("span", { class: "soft small" }, about),
    ),
    !full && h("time", { class: "soft small" }, dateInWords(change.date).replace(/ \d{4}$/, "")),
  );
}
