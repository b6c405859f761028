// Starts the page, and draws it again whenever its address changes.
import { App } from "./app.js";
import { drawBasket } from "./basket.js";
import { drawChanges } from "./changes.js";
import { unpack } from "./codec.js";
import { drawCode } from "./code.js";
import { drawCompare } from "./compare.js";
import { byId, fill, h } from "./dom.js";
import { drawChips } from "./filters.js";
import { drawFindings } from "./findings.js";
import { hideHint } from "./hint.js";
import { Model } from "./model.js";
import { noMatch, noWorks } from "./no_match.js";
import { drawOverview } from "./overview.js";
import { drawPanel } from "./panel.js";
import { useKeys, useTheme } from "./preferences.js";
import { clean, short } from "./text.js";
import { drawTyped, drawWorks, moveInList } from "./works.js";

/** @type {Record<string, (app: App, root: HTMLElement) => unknown>} */
const DRAW = {
  overview: drawOverview,
  works: drawWorks,
  compare: drawCompare,
  code: drawCode,
  changes: drawChanges,
  findings: drawFindings,
};
/** @type {Record<string, string>} */
const NAMES = {
  overview: "Overview",
  works: "Works",
  compare: "Compare",
  code: "Code",
  changes: "Changes",
  findings: "Findings",
};
const PAUSE = 250; // milliseconds after a keystroke until the address is written

async function start() {
  const app = new App(new Model(await unpack(byId("data-core").textContent)));
  const query = byId("query");
  let drawn = "";
  let writing = 0;
  /** @type {any} */
  let before = null; // what had the focus before a work was opened

  const drawFrame = () => {
    drawChips(app, byId("chips"));
    drawTabs(app);
    drawBasket(app, byId("basket"));
    const title = clean(app.model.core.settings.title);
    document.title = [clean(app.state.query), NAMES[app.state.view], title]
      .filter(Boolean)
      .join(" – ");
  };

  const draw = () => {
    const address = app.link({ work: null });
    if (address === drawn) return;
    drawn = address;
    app.drawing++;
    hideHint();
    app.select();
    for (const name of Object.keys(DRAW)) byId(name).hidden = name !== app.state.view;
    drawFrame();
    const root = byId(app.state.view);
    if (!app.model.count && app.state.view !== "findings") return fill(root, noWorks());
    if (!app.rows.length && app.model.count && app.state.view !== "works")
      return fill(root, h("h1", { class: "spoken" }, "Nothing found"), noMatch(app));
    return DRAW[app.state.view](app, root);
  };

  const follow = async () => {
    const last = app.state.view;
    app.readAddress();
    if (document.activeElement !== query) query.value = app.state.query;
    const focus = document.activeElement?.id;
    const drawing = draw();
    if (app.state.view !== last) scrollTo(0, 0);
    if (app.state.work !== null) before = document.activeElement;
    await Promise.all([drawing, drawPanel(app)]);
    if (focus && document.activeElement === document.body) {
      document.getElementById(focus)?.focus({ preventScroll: true });
    }
  };

  const type = () => {
    app.state = {
      ...app.state,
      query: query.value,
      view: app.state.view === "overview" ? "works" : app.state.view,
    };
    const isList = app.state.view === "works" && drawn && !byId("works").hidden;
    if (isList) {
      app.drawing++;
      app.select();
      drawFrame();
      drawTyped(app);
      drawn = app.link({ work: null });
    } else {
      draw();
    }
    clearTimeout(writing);
    writing = setTimeout(() => app.keepAddress(), PAUSE);
  };

  const close = () => {
    if (app.state.work === null) return;
    const id = app.state.work;
    app.go(app.link({ work: null }));
    const row = [...document.querySelectorAll("#list .work")].find(
      (it) => it.getAttribute("data-id") === id,
    );
    const target = row?.querySelector("h2 a") ?? before;
    target?.focus({ preventScroll: true });
  };

  app.copy = copy;
  app.pick = (id) => {
    const { picked } = app.state;
    app.state.picked = picked.includes(id) ? picked.filter((it) => it !== id) : [...picked, id];
    drawn = app.link({ work: null });
    app.keepAddress();
    drawFrame();
  };
  query.addEventListener("input", type);
  query.addEventListener("search", type);
  byId("work").addEventListener("close", close);
  byId("work").addEventListener(
    "click",
    (/** @type {Event} */ event) => event.target === byId("work") && byId("work").close(),
  );
  byId("share").addEventListener("click", () => {
    app.keepAddress();
    copy(location.href, "Link to this view");
  });
  byId("help-button").addEventListener("click", () => byId("help").showModal());
  byId("help-close").addEventListener("click", () => byId("help").close());
  addEventListener("hashchange", follow);
  matchMedia("(max-width: 760px)").addEventListener("change", () => {
    drawn = "";
    draw();
  });
  useTheme();
  useKeys({
    "/": () => query.focus(),
    j: () => app.state.view === "works" && moveInList(1),
    k: () => app.state.view === "works" && moveInList(-1),
    x: () => document.activeElement?.closest(".work")?.querySelector("input")?.click(),
    t: () => byId("theme").click(),
    "?": () => byId("help").showModal(),
  });
  byId("search").hidden = false;
  byId("buttons").hidden = false;
  await follow();
  document.body.dataset.ready = String(Math.round(performance.now()));
  prepare(app);
}

/** Make what a first search and a first opened work need while the reader does nothing. */
function prepare(/** @type {App} */ app) {
  if (!globalThis.requestIdleCallback) return;
  requestIdleCallback((deadline) => {
    const isReady = app.model.texts.fill(() => deadline.timeRemaining() > 0);
    if (isReady) app.records();
    else prepare(app);
  });
}

function drawTabs(/** @type {App} */ app) {
  /** @type {Record<string, number>} */
  const sizes = {
    works: app.rows.length,
    code: app.repositoryCounts().reduce((sum, size) => sum + Math.min(1, size), 0),
    findings: app.model.core.sizes.findings,
  };
  const tabs = Object.entries(NAMES).map(([view, name]) => {
    const size = view in sizes && h("span", { class: "size" }, short(sizes[view]));
    return h(
      "a",
      {
        href: app.link({ view, work: null }),
        "aria-current": view === app.state.view ? "page" : null,
      },
      name,
      size,
    );
  });
  fill(byId("tabs"), tabs);
}

let hiding = 0;

/** Copy a text, and say so. */
async function copy(/** @type {string} */ text, /** @type {string} */ what) {
  const toast = byId("toast");
  try {
    await navigator.clipboard.writeText(text);
    toast.textContent = `${what} copied`;
  } catch {
    toast.textContent = "This browser does not let a page copy";
  }
  clearTimeout(hiding);
  hiding = setTimeout(() => fill(toast), 2500);
}

start().catch((error) => {
  byId("failure").hidden = false;
  console.error(error);
});
