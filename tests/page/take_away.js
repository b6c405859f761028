// Prints what the page of a file gives in a format: node take_away.js index.html ENDING
import { readFileSync } from "node:fs";
import { unpack } from "../../harvest/data/page/codec.js";
import { Model } from "../../harvest/data/page/model.js";
import { Records } from "../../harvest/data/page/record.js";
import { FORMATS } from "../../harvest/data/page/take_away.js";

const [, , file, ending] = process.argv;
const html = readFileSync(file, "utf-8");
const part = (name) => unpack(new RegExp(`id="data-${name}">([^<]*)`).exec(html)[1]);
const model = new Model(await part("core"));
const records = new Records(model, await part("detail"));
const works = model.ids.map((_, row) => records.work(row));
process.stdout.write(
  ending === "json" ? JSON.stringify(works) : FORMATS[ending].write(works, model.core.settings),
);
