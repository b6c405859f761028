// The shapes of the data, for the type checker alone: the page does not hold this file.

type App = import("./app.js").App;
type Model = import("./model.js").Model;
type Records = import("./record.js").Records;
type Facet = import("./facets.js").Facet;
type Term = import("./search.js").Term;
type State = import("./address.js").State;
type Format = import("./take_away.js").Format;

/** What an element can have in it. */
type Child = Node | string | number | null | undefined | false;

/** What draws a figure over some of the twelve columns of the page. */
type Draw = (columns: number) => Element;

/** Values by name. */
type Fields = Record<string, any>;

/** The values of a field of all records, in one of three forms (harvest/dataset/columns.py). */
type Column =
  | { all: any[]; terms?: undefined; rest?: undefined }
  | { terms: any[]; at: number[]; all?: undefined; rest?: undefined }
  | { rest: any; except: Fields; all?: undefined; terms?: undefined };
type Table = Record<string, Column>;

/** The part `core` (harvest/dataset/page_content.py). */
interface Core {
  total: number;
  all_changes: number;
  as_of: string | null;
  pages: Record<string, string>;
  settings: Settings;
  addresses: Record<string, string | null>;
  rules: Record<string, Rule>;
  sizes: { works: number; repositories: number; findings: number; changes: number };
  abstracts: Column | null;
  names: string[];
  lists: string[];
  works: Table & { facets: Table };
  repositories: Table;
  history: Record<string, StarHistory>;
}

/** The part `detail` (harvest/dataset/page_detail.py). */
interface Detail {
  works: Table;
  sizes: Column;
  places: Table;
  people: Table;
  repositories: Table;
}

interface Settings {
  title: string;
  description: string | null;
  group: string | null;
}

interface Rule {
  name: string;
  level: string;
  what: string;
  fix: string;
}

/** The first day, the days since then, and the stars on them. */
type StarHistory = [string, number[], number[]];

interface Author {
  name: string;
  given?: string;
  family?: string;
  orcid?: string;
  rors?: string[];
}

interface Form {
  identifier: string;
  kind: string;
  date: string | null;
  url: string | null;
}

interface Notice {
  kind: string;
  notice: string | null;
  date: string | null;
  source: string;
}

interface Place {
  seed: string;
  line: number;
  section: string[];
  title: string | null;
}

interface Source {
  source: string;
  identifier: string | null;
  also?: { source: string; identifier: string; value: string | number }[];
}

/** A work as dataset.json has it, with the addresses of its identifiers. */
interface Work {
  id: string;
  key: string | null;
  title: string | null;
  type: string | null;
  status: string;
  date: string | null;
  year: number | null;
  container: string | null;
  publisher: string | null;
  cited_by: number | null;
  stale_since: string | null;
  authors: Author[];
  editors: Author[];
  facets: Record<string, string[]>;
  subjects: string[];
  identifiers: Record<string, string[]>;
  aliases: string[];
  manifestations: Form[];
  integrity: Notice[];
  repositories: { id: string; role: string }[];
  mentions: Place[];
  provenance: Record<string, Source>;
  volume: string | null;
  issue: string | null;
  pages: string | null;
  article_number: string | null;
  issn: string[];
  isbn: string[];
  event: { name: string; place?: string } | null;
  series: string | null;
  language: string | null;
  abstract?: string | null;
  links: Map<string, string | null>;
}

interface Finding {
  seed: string;
  line: number;
  code: string;
  message: string;
}

interface Change {
  date: string;
  id: string;
  kind: string;
  cause: string;
  title: string | null;
  before: any;
  after: any;
}

interface Series {
  name: string;
  style: string;
}

/** What the figures of the overview are drawn of. */
interface Facts {
  period: import("./statistics.js").Period;
  code: ReturnType<typeof import("./statistics.js").codeTotals>;
  states: number[][];
  lags: ReturnType<typeof import("./statistics.js").publicationLags>;
  repositories: Map<number, number>;
}
