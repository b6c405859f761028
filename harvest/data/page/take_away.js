// What a reader takes away: works as files, byte for byte as `harvest export` writes them.
import { bibtex } from "./bibtex.js";
import { cslJson } from "./csl_json.js";
import { csv } from "./csv.js";
import { byId, fill, h } from "./dom.js";
import { bullet, markdown } from "./markdown.js";
import { ris } from "./ris.js";

/**
 * A format of `harvest export`. One to `cite` is offered for one work too, some in a form of their
 * own; some write abstracts, and some only as many bytes into one file.
 * @typedef {object} Format
 * @property {string} name
 * @property {string} label
 * @property {string} type
 * @property {string} [file] its name; else works. and the end
 * @property {(works: Work[], settings: Settings) => string} write
 * @property {boolean} [cite]
 * @property {(work: Work) => string} [one]
 * @property {boolean} [hasAbstracts]
 * @property {number} [mostBytes]
 */

/** @type {Record<string, Format>} the formats by the end of their file names */
export const FORMATS = {
  bib: {
    name: "bib",
    label: "BibTeX",
    type: "application/x-bibtex",
    write: bibtex,
    cite: true,
    hasAbstracts: true,
  },
  "csl.json": {
    name: "csl-json",
    label: "CSL-JSON",
    type: "application/vnd.citationstyles.csl+json",
    write: cslJson,
    cite: true,
    hasAbstracts: true,
  },
  ris: {
    name: "ris",
    label: "RIS",
    type: "application/x-research-info-systems",
    write: ris,
    cite: true,
    hasAbstracts: true,
  },
  csv: { name: "csv", label: "CSV", type: "text/csv", write: csv },
  md: {
    name: "list-md",
    file: "LIST.md",
    label: "Markdown",
    type: "text/markdown",
    write: markdown,
    cite: true,
    one: bullet,
    mostBytes: 500_000, // as harvest/writers/list_md.py
  },
};
const LONGEST_CHOICE = 2000; // characters of an expression, as harvest/dataset/query.py

/** Return a menu that saves works as a file; `rows` are their numbers, in the order of the dataset. */
export function takeAwayMenu(/** @type {App} */ app, /** @type {() => number[]} */ rows) {
  const saveAs = async (/** @type {string} */ ending) => {
    close();
    const { file = `works.${ending}`, type } = FORMATS[ending];
    const text = await takeAway(app, rows(), ending);
    if (text !== null) save(file, text, type);
  };
  const buttons = Object.entries(FORMATS).map(([ending, { label }]) =>
    h("button", { type: "button", onclick: () => saveAs(ending) }, label),
  );
  const summary = h("summary", { class: "button" }, "Take away");
  const menu = h("details", { class: "take" }, summary, h("div", {}, buttons));
  const close = () => {
    if (menu.contains(document.activeElement)) summary.focus();
    menu.open = false;
  };
  menu.addEventListener("keydown", (event) => event.key === "Escape" && close());
  menu.addEventListener(
    "toggle",
    () => menu.open && document.addEventListener("pointerdown", leave),
  );
  /** Close the menu with a click beside it. */
  const leave = (/** @type {PointerEvent} */ event) => {
    if (menu.contains(/** @type {Node} */ (event.target))) return;
    menu.open = false;
    document.removeEventListener("pointerdown", leave);
  };
  menu.addEventListener("focusout", (event) => {
    const next = /** @type {Node | null} */ (event.relatedTarget);
    if (next && !menu.contains(next)) menu.open = false;
  });
  return menu;
}

/** Return works in a format; null if the page cannot, and says so. */
export async function takeAway(
  /** @type {App} */ app,
  /** @type {number[]} */ rows,
  /** @type {string} */ ending,
) {
  const records = await app.records();
  const format = FORMATS[ending];
  const text = format.write(
    rows.map((row) => records.work(row)),
    app.model.core.settings,
  );
  const reason = refusal(app.model, rows, format, text);
  if (reason) showRefusal(app, reason, commandFor(app.model, rows, format));
  return reason ? null : text;
}

/** Return why a text is not what `harvest export` writes, null if it is. */
export function refusal(
  /** @type {Model} */ model,
  /** @type {number[]} */ rows,
  /** @type {Format} */ format,
  /** @type {string} */ text,
) {
  if (format.hasAbstracts && rows.some((row) => model.lacksAbstract(row)))
    return `${format.label} has the abstracts of works, for which this page has no room.`;
  if (format.mostBytes && new TextEncoder().encode(text).length > format.mostBytes)
    return "A list as long as this one is written in parts, because GitHub shows no longer file.";
  return null;
}

/** Return the command that writes the same works. */
export function commandFor(
  /** @type {Model} */ model,
  /** @type {number[]} */ rows,
  /** @type {Format} */ format,
) {
  const target = format.mostBytes ? " --output FOLDER" : "";
  const command = `harvest export ${format.name}${target}`;
  if (rows.length === model.core.total) return { command, isExact: true };
  const ids = rows.map((row) => JSON.stringify(model.ids[row]));
  const expression = `id in (${ids.join(", ")})`;
  if (expression.length > LONGEST_CHOICE) return { command, isExact: false };
  const quoted = expression.replaceAll("'", "'\\''");
  return { command: `${command} --where '${quoted}'`, isExact: true };
}

function showRefusal(
  /** @type {App} */ app,
  /** @type {string} */ reason,
  /** @type {{command: string, isExact: boolean}} */ { command, isExact },
) {
  const dialog = byId("refusal");
  const about = isExact
    ? "This command writes the file:"
    : "Choose fewer works, or take all of them with this command, to which --where adds a choice:";
  const copy = () => app.copy(command, "Command");
  fill(
    dialog,
    h(
      "div",
      { class: "pane" },
      h("h2", { id: "refusal-title" }, "This page cannot write that file"),
      h("p", {}, `${reason} ${about}`),
      h("pre", { tabindex: 0, role: "region", "aria-label": "Command" }, command),
      h(
        "div",
        { class: "row" },
        h("button", { class: "button", type: "button", onclick: copy }, "Copy the command"),
        h("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close"),
      ),
    ),
  );
  dialog.showModal();
}

function save(/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { download: name });
  link.setAttribute("href", address);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
