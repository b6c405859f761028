// What a reader takes away: works as files, in the formats of `harvest export`.
import { csv } from "./csv.js";
import { h } from "./dom.js";

/**
 * The formats by the end of their file names.
 * @type {Record<string, {label: string, type: string, write: (works: any[]) => string}>}
 */
export const FORMATS = {
  csv: { label: "CSV", type: "text/csv", write: csv },
};

/** Return a menu that saves works as a file; `rows` are their numbers, in the order of the dataset. */
export function takeAwayMenu(/** @type {import("./app.js").App} */ app, /** @type {() => number[]} */ rows) {
  const options = Object.entries(FORMATS).map(([ending, format]) => h("option", { value: ending }, format.label));
  const menu = h("select", { "aria-label": "Take these works away", class: "take" }, h("option", { value: "" }, "Take away …"), options);
  menu.addEventListener("change", async () => {
    const ending = menu.value;
    menu.value = "";
    if (ending) save(`works.${ending}`, await write(app, rows(), ending), FORMATS[ending].type);
  });
  return menu;
}

/** Return works in a format. */
export async function write(/** @type {import("./app.js").App} */ app, /** @type {number[]} */ rows, /** @type {string} */ ending) {
  const records = await app.records();
  return FORMATS[ending].write(rows.map((row) => records.work(row)));
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
