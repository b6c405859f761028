// What a reader takes away: works as files, in the formats of `harvest export`.
import { bibtex } from "./bibtex.js";
import { cslJson } from "./csl_json.js";
import { csv } from "./csv.js";
import { h } from "./dom.js";
import { bullet, markdown } from "./markdown.js";
import { ris } from "./ris.js";

/**
 * The formats by the end of their file names. Those to `cite` are offered for one work too, some
 * in a form of their own.
 * @type {Record<string, {label: string, type: string, cite: boolean, write: (works: any[], settings: import("./markdown.js").Settings) => string, one?: (work: any) => string}>}
 */
export const FORMATS = {
  bib: { label: "BibTeX", type: "application/x-bibtex", cite: true, write: bibtex },
  "csl.json": {
    label: "CSL-JSON",
    type: "application/vnd.citationstyles.csl+json",
    cite: true,
    write: cslJson,
  },
  ris: { label: "RIS", type: "application/x-research-info-systems", cite: true, write: ris },
  csv: { label: "CSV", type: "text/csv", cite: false, write: csv },
  md: { label: "Markdown", type: "text/markdown", cite: true, write: markdown, one: bullet },
};

/** Return a menu that saves works as a file; `rows` are their numbers, in the order of the dataset. */
export function takeAwayMenu(
  /** @type {import("./app.js").App} */ app,
  /** @type {() => number[]} */ rows,
) {
  const less = app.model.core.abstracts_left_out ? " without abstracts" : "";
  const options = Object.entries(FORMATS).map(([ending, { label, cite }]) =>
    h("option", { value: ending }, `${label}${cite && ending !== "md" ? less : ""}`),
  );
  const menu = h(
    "select",
    { "aria-label": "Take these works away", class: "take" },
    h("option", { value: "" }, "Take away …"),
    options,
  );
  menu.addEventListener("change", async () => {
    const ending = menu.value;
    menu.value = "";
    if (ending) save(`works.${ending}`, await write(app, rows(), ending), FORMATS[ending].type);
  });
  return menu;
}

/** Return works in a format. */
export async function write(
  /** @type {import("./app.js").App} */ app,
  /** @type {number[]} */ rows,
  /** @type {string} */ ending,
) {
  const records = await app.records();
  const works = rows.map((row) => records.work(row));
  return FORMATS[ending].write(works, app.model.core.settings);
}

function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { download: name });
  link.setAttribute("href", address);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
