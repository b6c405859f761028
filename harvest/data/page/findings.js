// What the maintainers of the lists should know or fix, rule by rule.
import { recordAt } from "./codec.js";
import { blank, fill, h } from "./dom.js";
import { clean, count, number } from "./text.js";

const LEVELS = ["error", "warning", "note"];
/** @type {Record<string, string>} */
const STYLES = { error: "bad", warning: "warn", note: "" };
const PART = 200;
const LONGEST_NAME = 80;

/** Show the findings. */
export async function drawFindings(/** @type {App} */ app, /** @type {Element} */ root) {
  const drawing = app.drawing;
  const { core } = app.model;
  const findings = await selectedFindings(app);
  if (app.drawing !== drawing) return;
  const all = count(findings.length, "finding");
  const about = app.isPart
    ? `Those at the lines of the selected works, of ${number(core.sizes.findings)} in all lists.`
    : "For those who keep the lists: choose a rule, open a line, or copy the rest as a list of tasks.";
  const lead = h("div", { class: "lead" }, h("h1", {}, `${all} in the lists`), h("p", {}, about));
  if (!findings.length) return fill(root, lead, blank("Nothing to fix"));
  const { rule, in: seed } = app.state;
  const inList = findings.filter((finding) => !seed || finding.seed === seed);
  const chosen = inList.filter((finding) => !rule || finding.code === rule);
  const copyTasks = () => app.copy(tasks(chosen), "List of tasks");
  const tools = h(
    "div",
    { class: "tools" },
    h(
      "h2",
      { class: "total" },
      rule ? `${ruleOf(core, rule).name}: ` : "",
      count(chosen.length, "finding"),
    ),
    listMenu(app, findings),
    h("button", { class: "button", type: "button", onclick: copyTasks }, "Copy as tasks"),
  );
  fill(root, lead, tiles(app, core, inList), advice(core, rule), tools, rows(core, chosen));
}

/** Return the choice of a list; nothing where there is one alone. */
function listMenu(/** @type {App} */ app, /** @type {Finding[]} */ findings) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const { seed } of findings) sizes.set(seed, (sizes.get(seed) ?? 0) + 1);
  if (sizes.size < 2) return null;
  const option = (/** @type {string} */ seed, /** @type {string} */ text) =>
    h("option", { value: seed, selected: seed === app.state.in }, text);
  const names = [...sizes].map(([seed, size]) => {
    const name = clean(seed.replace(/^github:/, "")).slice(0, LONGEST_NAME);
    return option(seed, `${name} (${number(size)})`);
  });
  const menu = h(
    "select",
    {
      id: "choose-list",
      "aria-label": "List",
      onchange: () => app.go(app.link({ in: menu.value })),
    },
    option("", `All ${count(sizes.size, "list")}`),
    names,
  );
  return menu;
}

/** Return the findings at the lines of the selected works, all where nothing is selected. */
async function selectedFindings(/** @type {App} */ app) {
  const table = await app.part("findings");
  const size = app.model.core.sizes.findings;
  const findings = Array.from({ length: size }, (_, row) => recordAt(table, row));
  if (!app.isPart) return findings;
  const records = await app.records();
  const places = new Set();
  for (const row of app.rows) {
    for (const { line, seed } of records.lines(row)) places.add(`${line} ${seed}`);
  }
  return findings.filter((finding) => places.has(`${finding.line} ${finding.seed}`));
}

function ruleOf(/** @type {Core} */ core, /** @type {string} */ code) {
  return Object.hasOwn(core.rules, code)
    ? core.rules[code]
    : { name: clean(code), level: "note", what: "", fix: "" };
}

function tiles(
  /** @type {App} */ app,
  /** @type {Core} */ core,
  /** @type {Finding[]} */ findings,
) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  const most = Math.max(1, ...counts.values());
  const level = (/** @type {[string, number]} */ [code]) =>
    LEVELS.indexOf(ruleOf(core, code).level);
  const order = [...counts].sort((a, b) => level(a) - level(b) || b[1] - a[1]);
  return h(
    "div",
    { class: "tiles" },
    order.map(([code, size]) => tile(app, ruleOf(core, code), code, size, most)),
  );
}

function tile(
  /** @type {App} */ app,
  /** @type {Rule} */ rule,
  /** @type {string} */ code,
  /** @type {number} */ size,
  /** @type {number} */ most,
) {
  const bar = h("i");
  bar.style.width = `${(100 * size) / most}%`;
  const isChosen = app.state.rule === code;
  const address = app.link({ rule: isChosen ? "" : code });
  return h(
    "a",
    {
      class: `tile ${rule.level}`,
      id: `rule-${code}`,
      href: address,
      "aria-current": isChosen ? "true" : null,
    },
    h("b", {}, rule.name),
    h("span", { class: "size" }, number(size)),
    h("span", { class: "soft small" }, `${rule.level} · ${clean(code)}`),
    h("span", { class: "bar", "aria-hidden": "true" }, bar),
  );
}

function advice(/** @type {Core} */ core, /** @type {string} */ code) {
  if (!code) return null;
  const rule = ruleOf(core, code);
  return h("p", { class: "card advice" }, h("b", {}, plain(rule.what)), " ", plain(rule.fix));
}

/** Return documentation without the marks of Markdown. */
function plain(/** @type {string} */ text) {
  return clean(text).replaceAll("`", "");
}

function tasks(/** @type {Finding[]} */ findings) {
  return findings
    .map(
      ({ seed, line, message, code }) =>
        `- [ ] ${clean(seed)}:${line} ${clean(message)} (${clean(code)})\n`,
    )
    .join("");
}

function rows(/** @type {Core} */ core, /** @type {Finding[]} */ findings) {
  const body = h("tbody");
  const more = h("button", { class: "button", type: "button" });
  let shown = 0;
  const show = () => {
    body.append(...findings.slice(shown, shown + PART).map((finding) => row(core, finding)));
    shown += PART;
    more.textContent = `Show more of ${number(findings.length)}`;
    more.hidden = shown >= findings.length;
  };
  more.addEventListener("click", show);
  show();
  const head = ["Where", "Rule", "What"].map((text) => h("th", { scope: "col" }, text));
  return [
    h("table", { class: "table" }, h("thead", {}, h("tr", {}, head)), body),
    h("div", { class: "end" }, more),
  ];
}

function row(/** @type {Core} */ core, /** @type {Finding} */ finding) {
  const pattern = core.addresses[finding.seed];
  const name = clean(
    `${finding.seed.replace(/^github:/, "")}${finding.line ? `:${finding.line}` : ""}`,
  );
  const rule = ruleOf(core, finding.code);
  const where = pattern
    ? h("a", { href: pattern.replace("{line}", String(finding.line)) }, name)
    : name;
  return h(
    "tr",
    {},
    h("td", { class: "where" }, where),
    h("td", {}, h("span", { class: `tag ${STYLES[rule.level]}` }, clean(finding.code))),
    h("td", { dir: "auto" }, clean(finding.message)),
  );
}
