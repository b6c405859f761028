// The parts of the page that need no browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { parameter, read, write } from "../../harvest/data/page/address.js";
import { mapped, restore, unpack, valueAt } from "../../harvest/data/page/codec.js";
import { cell } from "../../harvest/data/page/csv.js";
import { makeFacet, ranked, select, valuesOf } from "../../harvest/data/page/facets.js";
import { decades, linear, logarithmic, ticks } from "../../harvest/data/page/scale.js";
import { highlight, narrows, parse, scan } from "../../harvest/data/page/search.js";
import { cross, periodOf } from "../../harvest/data/page/statistics.js";
import { FORMATS, commandFor, refusal } from "../../harvest/data/page/take_away.js";
import * as text from "../../harvest/data/page/text.js";

test("a part is unpacked", async () => {
  const packed = deflateSync(JSON.stringify({ a: ["é", null] })).toString("base64");
  assert.deepEqual(await unpack(packed), { a: ["é", null] });
});

test("a column is read in each of its forms", () => {
  assert.equal(valueAt({ all: [1, 2] }, 1), 2);
  assert.equal(valueAt({ terms: ["x", "y"], at: [1, 0] }, 0), "y");
  const rare = JSON.parse('{"rest": null, "except": {"3": 7}}');
  assert.equal(valueAt(rare, 3), 7);
  assert.equal(valueAt(rare, 2), null);
  assert.equal(valueAt(rare, "constructor"), null);
});

test("markers stand for what a work repeats", () => {
  const value = {
    a: ["\u0001i0", "\u0001v1", "\u0001u1", "\u0001t", "\u0001\u0001x", "y"],
    b: null,
  };
  const restored = restore(value, ["doi:10.1/a", "arxiv:2001.1"], "A title");
  const expected = [
    "doi:10.1/a",
    "2001.1",
    "https://arxiv.org/abs/2001.1",
    "A title",
    "\u0001x",
    "y",
  ];
  assert.deepEqual(restored, { a: expected, b: null });
});

test("a search has words, phrases and exclusions", () => {
  const terms = parse('  Émile -"Two  words" -x "open end');
  assert.deepEqual(
    terms.map((term) => [term.text, term.without]),
    [
      ["emile", false],
      ["two  words", true],
      ["x", true],
      ["open end", false],
    ],
  );
  assert.deepEqual(parse('- "" -""'), []);
});

test("all words must be there, as parts of words", () => {
  const texts = ["image synthesis with gan", "synthetic ecg", "gan for ecg"];
  const found = (query) => [...scan(texts, parse(query))];
  assert.deepEqual(found("synth"), [1, 1, 0]);
  assert.deepEqual(found("gan ecg"), [0, 0, 1]);
  assert.deepEqual(found("ecg -gan"), [0, 1, 0]);
  assert.deepEqual(found('"with gan"'), [1, 0, 0]);
  assert.deepEqual(found(""), [1, 1, 1]);
});

test("a longer query is looked for only where the shorter one matched", () => {
  const narrower = (query, before) => narrows(parse(query), parse(before));
  assert.ok(narrower("diff", ""));
  assert.ok(narrower("mri diffusion", "diff"));
  assert.ok(narrower('"with gan"', "gan"));
  assert.ok(!narrower("diff", "diffusion"));
  assert.ok(!narrower("gan -ecg", "gan -e"));
  assert.ok(narrower("gan -e", "gan -ecg"));
  assert.ok(!narrower("-gan", "gan"));
  const texts = ["gan", "gan ecg", "ecg"];
  const found = [...scan(texts, parse("gan ecg"), scan(texts, parse("gan")))];
  assert.deepEqual(found, [0, 1, 0]);
});

test("matches are marked where they stand in the title", () => {
  assert.deepEqual(highlight("Émile’s ÉMILE", parse("emil")), [
    { match: "Émil" },
    "e’s ",
    { match: "ÉMIL" },
    "E",
  ]);
  assert.deepEqual(highlight("e\u0301x", parse("ex")), [{ match: "e\u0301x" }]);
  assert.deepEqual(highlight("😀 GAN", parse("gan -x")), ["😀 ", { match: "GAN" }]);
  assert.deepEqual(highlight("plain", []), ["plain"]);
});

const methods = () => makeFacet("method", "Method", [["GAN"], ["GAN", "VAE"], ["VAE"], []]);
const years = () =>
  makeFacet("year", "Year", [["2020"], ["2021"], ["2021"], []], { order: ["2020", "2021"] });

test("each facet counts what a click would give", () => {
  const [method, year] = [methods(), years()];
  const all = () => new Uint8Array(4).fill(1);
  assert.deepEqual([...select(all(), [method, year])], [0, 1, 2, 3]);
  year.chosen = new Set([1]);
  assert.deepEqual([...select(all(), [method, year])], [1, 2]);
  assert.deepEqual([...method.counts], [1, 2]);
  assert.deepEqual([...year.counts], [1, 2]);
  method.chosen = new Set([0]);
  assert.deepEqual([...select(all(), [method, year])], [1]);
  assert.deepEqual([...method.counts], [1, 2]);
  assert.deepEqual([...year.counts], [1, 1]);
});

test("values with hostile names are values", () => {
  const facet = makeFacet("f", "F", [["__proto__"], ["constructor", "__proto__"]]);
  assert.deepEqual(facet.values, ["__proto__", "constructor"]);
  assert.deepEqual(valuesOf(facet, 1), ["constructor", "__proto__"]);
});

test("the commonest values come first, chosen ones before them, and years in their order", () => {
  const method = makeFacet("m", "M", [["b"], ["a"], ["c"], ["c"]]);
  select(new Uint8Array(4).fill(1), [method]);
  const shown = () => ranked(method).map((place) => method.values[place]);
  assert.deepEqual(shown(), ["c", "a", "b"]);
  method.chosen.add(method.places.get("b"));
  assert.deepEqual(shown(), ["b", "c", "a"]);
  assert.deepEqual(ranked(method, 1).length, 1);
});

test("an address holds the whole state", () => {
  const address =
    "#/compare?q=a+%26+b&sort=stars&rule=http&rows=year&columns=method&cells=share&order=works-" +
    "&method=GAN&method=%C3%A9&facet.q=x&pick=doi%3A10.1%2Fa&pick=b&work=arxiv%3A1";
  const state = read(address, ["method", "q"]);
  assert.equal(state.query, "a & b");
  assert.deepEqual(
    [...state.filters],
    [
      ["method", ["GAN", "é"]],
      ["q", ["x"]],
    ],
  );
  assert.deepEqual(state.picked, ["doi:10.1/a", "b"]);
  assert.equal(write(state), address);
});

test("an address that is none is the overview", () => {
  for (const hash of ["", "#", "#/nowhere", "#/__proto__?q"]) {
    assert.equal(read(hash, []).view, "overview");
    assert.equal(write(read(hash, [])), "#/overview");
  }
  assert.equal(read("#/works?q=what?", []).query, "what?");
  assert.equal(parameter("work"), "facet.work");
});

test("nothing invisible is shown", () => {
  assert.equal(text.clean("a\u202eb\u0000c\u001b[31m\u200bd\n"), "a b c [31m d");
  assert.equal(text.clean(null), "");
  assert.equal(text.clean("می‌خواهم 👩‍🔬"), "می‌خواهم 👩‍🔬");
});

test("numbers, shares and dates for people", () => {
  assert.deepEqual([text.number(1234), text.number(null)], ["1,234", "–"]);
  assert.deepEqual([999, 1234, 9960, 12345].map(text.short), ["999", "1.2k", "10k", "12k"]);
  assert.deepEqual([text.share(2, 4), text.share(2, 5)], ["–", "40 %"]);
  assert.deepEqual([text.count(1, "work"), text.count(2, "work")], ["1 work", "2 works"]);
  const dates = ["2023", "2023-04", "2023-04-05", null];
  assert.deepEqual(dates.map(text.dateInWords), ["2023", "Apr 2023", "5 Apr 2023", "undated"]);
  assert.equal(text.dayNumber("1970-01-02"), 1);
});

test("ages go by the clock of the reader", () => {
  const now = Date.UTC(2026, 10, 21, 12);
  const ages = ["2026-11-21", "2026-11-20", "2026-11-01", "2026-01-01", "2020-11-21"];
  assert.deepEqual(
    ages.map((date) => text.ago(date, now)),
    ["today", "1 day ago", "20 days ago", "11 months ago", "6 years ago"],
  );
});

test("months need two dates to the month", () => {
  assert.equal(text.monthsBetween("2020", "2021-01"), null);
  assert.equal(Math.round(text.monthsBetween("2020-01", "2021-01-01")), 12);
  assert.equal(text.monthsBetween("2021-01", "2020-01"), 0);
  assert.equal(text.median([3, 1, 2]), 2);
  assert.equal(text.median([1, 2, 3, 10]), 2.5);
});

test("scales end in round numbers", () => {
  assert.deepEqual(ticks(0), [0, 1]);
  assert.deepEqual(ticks(3), [0, 1, 2, 3]);
  assert.deepEqual(ticks(950), [0, 250, 500, 750, 1000]);
  assert.deepEqual(decades(2583), [1, 10, 100, 1000]);
  assert.equal(linear(10, 100, 0)(2.5), 75);
  assert.equal(logarithmic(100, 0, 10)(10), 5);
});

test("cells are no formulas", () => {
  const cells = ["=1+1", "'=1", "a,b", 'say "x"', "a\rb", -1, null, "-1", "\t"];
  const expected = ["'=1+1", "''=1", '"a,b"', '"say ""x"""', "a b", "-1", "", "'-1", "'\t"];
  assert.deepEqual(cells.map(cell), expected);
});

const library = (ids, abstracts = []) => ({
  ids,
  core: { total: ids.length },
  lacksAbstract: (row) => abstracts.includes(row),
});

test("what harvest export would write otherwise is refused with a reason", () => {
  const works = library(["doi:10.1/a", "doi:10.1/b"], [1]);
  assert.equal(refusal(works, [0], FORMATS.bib, ""), null);
  for (const ending of ["bib", "csl.json", "ris"])
    assert.match(refusal(works, [0, 1], FORMATS[ending], ""), /abstracts of works.*no room/);
  assert.equal(refusal(works, [0, 1], FORMATS.csv, ""), null);
  assert.equal(refusal(works, [0, 1], FORMATS.md, "é".repeat(250_000)), null);
  assert.match(refusal(works, [0, 1], FORMATS.md, `${"é".repeat(250_000)}x`), /in parts/);
});

test("the command writes the same works", () => {
  const works = library(["doi:10.1/it's", 'doi:10.1/"b"', "arxiv:1"]);
  const all = commandFor(works, [0, 1, 2], FORMATS.bib);
  assert.deepEqual(all, { command: "harvest export bib", isExact: true });
  const two = commandFor(works, [0, 1], FORMATS.md);
  assert.equal(
    two.command,
    `harvest export list-md --output FOLDER --where 'id in ("doi:10.1/it'\\''s", "doi:10.1/\\"b\\"")'`,
  );
  const many = library(Array.from({ length: 300 }, (_, row) => `doi:10.1000/${row}`));
  const most = Array.from({ length: 299 }, (_, row) => row);
  assert.deepEqual(commandFor(many, most, FORMATS.ris), {
    command: "harvest export ris",
    isExact: false,
  });
});

test("two facets are crossed", () => {
  const [method, year] = [methods(), years()];
  const states = ["active", "unknown", "none", "none"];
  const model = { state: (row) => states[row] };
  const { cell, largest } = cross(model, new Uint32Array([0, 1, 2, 3]), method, year);
  assert.deepEqual(cell(0, 1), { works: 1, withCode: 1, living: 0, unchecked: 1 });
  assert.deepEqual(cell(0, 0), { works: 1, withCode: 1, living: 1, unchecked: 0 });
  assert.deepEqual(cell(1, 0), { works: 0, withCode: 0, living: 0, unchecked: 0 });
  assert.deepEqual(largest, [1, 1]);
});

test("alike works share a list of values", () => {
  const shared = ["x", "y"];
  const facet = makeFacet("f", "F", [shared, [], shared]);
  assert.deepEqual(valuesOf(facet, 2), ["x", "y"]);
  assert.deepEqual([...facet.starts], [0, 2, 2, 4]);
});

test("a function is given each value of a column once", () => {
  const calls = [];
  const twice = (value) => {
    calls.push(value);
    return value * 2;
  };
  assert.deepEqual(mapped({ terms: [1, 2], at: [0, 1, 0] }, 3, twice), [2, 4, 2]);
  assert.deepEqual(mapped({ rest: 5, except: { 1: 6 } }, 3, twice), [10, 12, 10]);
  assert.deepEqual(mapped({ all: [7, 7] }, 2, twice), [14, 14]);
  assert.deepEqual(calls, [1, 2, 5, 6, 7, 7]);
});

test("a figure begins where there are works, and says how many are from before", () => {
  const works = (years) => ({ years: Int16Array.from(years) });
  const period = (years) => periodOf(works(years), Uint32Array.from(years.keys()));
  assert.deepEqual(period([0, 0]), { first: 0, last: 0, years: [], earlier: 0 });
  assert.deepEqual(period([2020]), { first: 2020, last: 2020, years: [2020], earlier: 0 });
  const most = new Array(40).fill(2022);
  const few = period([1998, 2011, 2020, 2020, ...most, 2023]);
  assert.deepEqual(few, { first: 1998, last: 2023, years: [2020, 2021, 2022, 2023], earlier: 2 });
  const old = period([...new Array(40).fill(1990), ...most]);
  assert.deepEqual([old.years[0], old.years.length, old.earlier], [2009, 14, 40]);
});
