// The opened work: everything that is known of it, the worst first.
import { bibtex } from "./bibtex.js";
import { sparkline } from "./charts.js";
import { byId, fill, h, icon } from "./dom.js";
import { valuesOf } from "./facets.js";
import { NOTICES } from "./model.js";
import { SCHEMES, STATUS, starCount, stateDot, stateMark } from "./pieces.js";
import { FORMATS, takeAway } from "./take_away.js";
import { ago, clean, count, dateInWords, label, monthsBetween, number } from "./text.js";

/** @type {Record<string, string>} */
const FORMS = {
  preprint: "preprint",
  version_of_record: "published",
  dataset: "data set",
  web: "web page",
  other: "other form",
};
/** @type {Record<string, string>} */
const SOURCES = {
  list: "the lists",
  starter: "the snapshot",
  rule: "a rule",
  "harvest.toml": "a maintainer",
  match: "a search",
};

/** Show the work that the address names, or close the panel. */
export async function drawPanel(/** @type {App} */ app) {
  const dialog = byId("work");
  const id = app.state.work;
  if (id === null) return dialog.close();
  const records = await app.records();
  const row = app.model.rowOf(id) ?? -1;
  if (app.state.work !== id) return;
  const work = row < 0 ? null : records.work(row);
  fill(
    dialog,
    h(
      "div",
      { class: "pane" },
      head(app, dialog),
      work ? body(app, records, row, work) : missing(id),
    ),
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  byId("work-title").focus({ preventScroll: true });
}

function missing(/** @type {string} */ id) {
  return [
    h("h2", { id: "work-title", tabindex: -1 }, "Not on this page"),
    h("p", { class: "soft" }, `There is no work ${clean(id).slice(0, 200)} here.`),
  ];
}

function head(/** @type {App} */ app, /** @type {HTMLDialogElement} */ dialog) {
  const copyLink = () => app.copy(location.href, "Link");
  return h(
    "div",
    { class: "head" },
    h("button", { class: "button", type: "button", onclick: copyLink }, icon("link"), "Copy link"),
    h(
      "button",
      { class: "round", type: "button", "aria-label": "Close", onclick: () => dialog.close() },
      icon("close"),
    ),
  );
}

function body(
  /** @type {App} */ app,
  /** @type {Records} */ records,
  /** @type {number} */ row,
  /** @type {Work} */ work,
) {
  const { model } = app;
  const names = model.authors(row);
  const facts = [
    model.venue(row),
    clean(work.publisher),
    dateInWords(work.date),
    citedBy(work.cited_by),
  ];
  return [
    work.integrity.map((notice) => noticeBox(model, notice)),
    h("h2", { id: "work-title", dir: "auto", tabindex: -1 }, model.title(row)),
    h("p", { class: "people", dir: "auto" }, names.length ? names.join(", ") : "Authors unknown"),
    h("p", { class: "soft" }, [...new Set(facts.filter(Boolean))].join(" · ")),
    doors(model, row),
    work.status !== "resolved" && h("p", { class: "alert soft" }, STATUS[work.status]),
    work.stale_since &&
      h(
        "p",
        { class: "alert soft" },
        `Stale: some values could not be renewed since ${dateInWords(work.stale_since)}.`,
      ),
    work.abstract && part("Abstract", h("p", { dir: "auto" }, clean(work.abstract))),
    model.lacksAbstract(row) &&
      part("Abstract", h("p", { class: "soft" }, "dataset.json has it; this page has no room.")),
    part("Code", codes(app, records, row)),
    part("Versions", versions(model, work)),
    part("Cite", cite(app, row, work)),
    part("Facets", facets(app, row, work)),
    part("In the lists", places(work, app.model.core.addresses)),
    part("Who says so", provenance(work)),
    work.aliases.length > 0 &&
      part("Former identifiers", h("p", { class: "soft" }, work.aliases.map(clean).join(", "))),
  ];
}

/** Return the ways out of the page: to the paper and to its code. */
function doors(/** @type {Model} */ model, /** @type {number} */ row) {
  const id = model.ids[row];
  const place = model.best[row];
  const [paper, code] = [model.address(id), place >= 0 && model.address(model.code("id", place))];
  const name = SCHEMES[id.split(":")[0]];
  return h(
    "p",
    { class: "row doors" },
    paper && h("a", { class: "button", href: paper }, name ? `Read it: ${name}` : "Read it"),
    code && h("a", { class: "button", href: code }, stateDot(model.states[place]), "See the code"),
  );
}

function part(/** @type {string} */ title, /** @type {any[]} */ ...content) {
  return h("section", {}, h("h3", {}, title), content);
}

function citedBy(/** @type {number | null} */ value) {
  return value === null ? "" : `cited ${count(value, "time")}`;
}

function noticeBox(/** @type {Model} */ model, /** @type {Notice} */ notice) {
  const text = `${NOTICES[notice.kind]}${notice.date ? ` on ${dateInWords(notice.date)}` : ""}, as ${clean(notice.source)} reports. `;
  const address = notice.notice && model.address(notice.notice);
  const style = notice.kind === "correction" ? "alert soft" : "alert";
  return h("p", { class: style }, text, address && h("a", { href: address }, "Read the notice"));
}

function cite(/** @type {App} */ app, /** @type {number} */ row, /** @type {Work} */ work) {
  const copyAs = async (/** @type {string} */ ending) => {
    const { label, one } = FORMATS[ending];
    const text = one ? one(work) : await takeAway(app, [row], ending);
    if (text !== null) app.copy(text, label);
  };
  const formats = Object.entries(FORMATS).filter(([, format]) => format.cite);
  const buttons = formats.map(([ending, format]) =>
    h("button", { class: "button", type: "button", onclick: () => copyAs(ending) }, format.label),
  );
  const id = h(
    "button",
    { class: "button", type: "button", onclick: () => app.copy(work.id, "Identifier") },
    clean(work.id),
  );
  const text = bibtex([work]);
  return [
    h("div", { class: "row" }, buttons, id),
    h(
      "details",
      { class: "entry" },
      h("summary", {}, "Show the BibTeX entry"),
      h("pre", { tabindex: 0, role: "region", "aria-label": "BibTeX" }, cleanLines(text)),
    ),
  ];
}

function cleanLines(/** @type {string} */ text) {
  return text
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.length - line.trimStart().length) + clean(line))
    .join("\n");
}

function pairs(/** @type {any[]} */ rows) {
  const kept = rows.filter(([, ...value]) => value.flat().some(Boolean));
  return h(
    "table",
    { class: "pairs" },
    h(
      "tbody",
      {},
      kept.map(([name, ...value]) =>
        h("tr", {}, h("th", { scope: "row" }, name), h("td", { dir: "auto" }, value)),
      ),
    ),
  );
}

function codes(/** @type {App} */ app, /** @type {Records} */ records, /** @type {number} */ row) {
  const { model } = app;
  if (!model.codes[row].length)
    return h("p", { class: "soft" }, "No list names a repository for this work.");
  return model.codes[row].map((/** @type {number} */ code) => {
    const place = code >> 1;
    const more = records.repository(place);
    const [pushed, stars] = [model.code("pushed", place), model.stars[place]];
    const license = clean(model.code("license", place));
    const checked = model.states[place] !== "unknown";
    return pairs([
      [
        code % 2 ? "Builds on" : "Repository",
        h("a", { href: more.url }, clean(model.names[place])),
      ],
      [
        "State",
        stateMark(model.states[place]),
        more.missing_since && ` · missing since ${dateInWords(more.missing_since)}`,
      ],
      ["Last push", pushed && `${dateInWords(pushed)}, ${ago(pushed)}`],
      [
        "Stars",
        stars !== null && [starCount(stars), " ", sparkline(model.core.history[place], 150, 26)],
      ],
      ["Language", clean(model.code("language", place))],
      ["Licence", license || (checked && "none found")],
      ["About", clean(more.description)],
    ]);
  });
}

function versions(/** @type {Model} */ model, /** @type {Work} */ work) {
  const forms = [...work.manifestations].sort((a, b) =>
    (a.date ?? "9") < (b.date ?? "9") ? -1 : 1,
  );
  /** @type {Form | null} */
  let before = null;
  const items = forms.map((form) => {
    const months = before && monthsBetween(before.date, form.date);
    before = form;
    return [
      months !== null &&
        months >= 1 &&
        h("li", { class: "lag soft" }, `${count(Math.round(months), "month")} later`),
      h(
        "li",
        { class: form.kind },
        h("time", {}, dateInWords(form.date)),
        h(
          "span",
          { class: form.kind === "version_of_record" ? "tag good" : "tag" },
          FORMS[form.kind],
        ),
        h("a", { href: form.url ?? model.address(form.identifier) }, clean(form.identifier)),
      ),
    ];
  });
  return items.length
    ? h("ol", { class: "versions" }, items)
    : h("p", { class: "soft" }, "No registry has a version of it.");
}

function facets(/** @type {App} */ app, /** @type {number} */ row, /** @type {Work} */ work) {
  const rows = Object.keys(work.facets).map((name) => {
    const facet = app.model.byKey.get(name) ?? app.model.byKey.get(`${name}-facet`);
    if (!facet) return [label(name)];
    const terms = valuesOf(facet, row).map((value) =>
      h("a", { class: "term", href: app.linkTo({ [facet.key]: value }) }, value),
    );
    const source = Object.hasOwn(work.provenance, `facets.${name}`)
      ? work.provenance[`facets.${name}`].source
      : null;
    return [
      facet.label,
      terms,
      source && h("span", { class: "soft small" }, ` from ${SOURCES[source] ?? clean(source)}`),
    ];
  });
  return rows.length
    ? pairs(rows)
    : h("p", { class: "soft" }, "The lists say nothing of its method or data.");
}

function places(/** @type {Work} */ work, /** @type {Core["addresses"]} */ addresses) {
  const items = work.mentions.map((place) => {
    const address = addresses[place.seed]?.replace("{line}", String(place.line));
    const name = clean(`${place.seed.replace(/^github:/, "")}, line ${place.line}`);
    const section = clean(place.section.join(" › "));
    const isOther = place.title && place.title !== work.title;
    const title = isOther && `as “${clean(place.title)}”`;
    return h(
      "li",
      {},
      address ? h("a", { href: address }, name) : h("span", {}, name),
      section && h("span", { dir: "auto" }, section),
      title && h("span", { class: "soft", dir: "auto" }, title),
    );
  });
  return h("ul", { class: "places" }, items);
}

function provenance(/** @type {Work} */ work) {
  const fields = Object.entries(work.provenance).filter(([name]) => !name.startsWith("facets."));
  return pairs(
    fields.map(([name, claim]) => [
      label(name),
      SOURCES[claim.source] ?? clean(claim.source),
      claim.identifier && h("span", { class: "soft" }, ` ${clean(claim.identifier)}`),
      (claim.also ?? []).map((other) =>
        h(
          "div",
          { class: "soft small" },
          `${clean(other.source)} has ${typeof other.value === "number" ? number(other.value) : `“${clean(other.value)}”`}`,
        ),
      ),
    ]),
  );
}
