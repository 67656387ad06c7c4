/**
 * Reads what a Prometheus endpoint says: the text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0 text
 * (https://github.com/prometheus/OpenMetrics). Strict: what is not of the format is an error that names its line.
 */
import { fail, ok, type Result } from '#contract/errors';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** What is said of all series of one name. */
export interface MetricFamily {
  type: MetricType;
  help: string;
}

export interface ExposedSample {
  /** As it stands there: with `_bucket`, `_total` … */
  name: string;
  labels: Record<string, string>;
  /** NaN and the infinities included. */
  value: number;
}

export interface Exposition {
  samples: ExposedSample[];
  families: ReadonlyMap<string, MetricFamily>;
}

export type ExpositionFormat = 'text' | 'openmetrics';

/** Which of the two an answer is, by its Content-Type. */
export function formatOf(contentType: string | undefined): ExpositionFormat {
  return /^\s*application\/openmetrics-text\b/i.test(contentType ?? '') ? 'openmetrics' : 'text';
}

const types: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'untyped',
  // Of OpenMetrics alone.
  unknown: 'untyped',
  gaugehistogram: 'gauge',
  stateset: 'gauge',
  info: 'gauge',
};

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const infinity = /^[+-]?inf(inity)?$/i;

/** A number as both formats write it; null: it is none. */
export function exposedNumber(text: string): number | null {
  if (decimal.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return NaN;
  if (infinity.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return null;
}

/** What is wrong with a line, as the end of a sentence. */
class Malformed extends Error {}

function unescapeHelp(text: string, format: ExpositionFormat): string {
  return text.replaceAll(/\\(.)/g, (whole, letter: string) => {
    if (letter === 'n') return '\n';
    if (letter === '\\') return '\\';
    return letter === '"' && format === 'openmetrics' ? '"' : whole;
  });
}

/** One line, read from left to right. */
class Line {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  peek(): string {
    return this.#text[this.#at] ?? '';
  }

  blanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.#at += 1;
  }

  take(pattern: RegExp, what: string): string {
    const found = pattern.exec(this.rest)?.[0];
    if (found === undefined || found === '') throw new Malformed(`has no ${what}`);
    this.#at += found.length;
    return found;
  }

  expect(letter: string, what: string): void {
    if (this.peek() !== letter) throw new Malformed(`has no ${letter} ${what}`);
    this.#at += 1;
  }

  quoted(): string {
    this.expect('"', 'before a value of a label');
    let value = '';
    for (;;) {
      const letter = this.peek();
      if (letter === '') throw new Malformed('has no closing quote');
      this.#at += 1;
      if (letter === '"') return value;
      if (letter !== '\\') {
        value += letter;
        continue;
      }
      const escaped = this.peek();
      this.#at += 1;
      if (escaped === 'n') value += '\n';
      else if (escaped === '\\' || escaped === '"') value += escaped;
      else throw new Malformed(`has an escape that is none (\\${escaped})`);
    }
  }

  labels(): Record<string, string> {
    const labels = new Map<string, string>();
    if (this.peek() !== '{') return {};
    this.#at += 1;
    this.blanks();
    while (this.peek() !== '}') {
      const name = this.take(labelName, 'name of a label');
      this.blanks();
      this.expect('=', `behind the label ${name}`);
      this.blanks();
      if (labels.has(name)) throw new Malformed(`has the label ${name} twice`);
      labels.set(name, this.quoted());
      this.blanks();
      if (this.peek() === ',') {
        this.#at += 1;
        this.blanks();
      } else if (this.peek() !== '}') throw new Malformed('has no comma between two labels');
    }
    this.#at += 1;
    return Object.fromEntries(labels);
  }
}

/** A series; null: it is not wanted, and not looked at further. */
function readSample(
  text: string,
  format: ExpositionFormat,
  wanted: (name: string) => boolean,
): ExposedSample | null {
  const line = new Line(text);
  const name = line.take(metricName, 'name of a metric');
  if (!wanted(name)) return null;
  line.blanks();
  const labels = line.labels();
  line.blanks();
  // Behind the value an exemplar may follow in OpenMetrics: `# {trace_id="x"} 0.5 1700000000.1`.
  const written = format === 'openmetrics' ? line.rest.replace(/\s#\s.*$/, '') : line.rest;
  const [number = '', stamp, ...more] = written.trim().split(/[ \t]+/);
  const value = exposedNumber(number);
  if (value === null)
    throw new Malformed(`has ${JSON.stringify(number.slice(0, 40))} where its value should be`);
  const timed = format === 'openmetrics' ? decimal : /^-?\d+$/;
  if (more.length > 0 || (stamp !== undefined && !timed.test(stamp)))
    throw new Malformed('has something behind its value that is no timestamp');
  return { name, labels, value };
}

/** `# HELP`, `# TYPE` and `# UNIT`; every other comment says nothing. */
function readComment(text: string, format: ExpositionFormat, families: Map<string, MetricFamily>): void {
  const found = /^#[ \t]*(HELP|TYPE|UNIT)[ \t]+([^ \t]+)(?:[ \t]+(.*))?$/.exec(text);
  const [, word, name = '', said = ''] = found ?? [];
  if (word === undefined || word === 'UNIT') return;
  if (metricName.exec(name)?.[0] !== name) throw new Malformed(`has ${word} for what is no name of a metric`);
  const family = families.get(name) ?? { type: 'untyped', help: '' };
  families.set(name, family);
  if (word === 'HELP') {
    family.help = unescapeHelp(said, format);
    return;
  }
  const kind = said.trim();
  const type = Object.hasOwn(types, kind) ? types[kind] : undefined;
  if (type === undefined)
    throw new Malformed(`has the type ${JSON.stringify(kind.slice(0, 40))}, which there is not`);
  family.type = type;
}

/** Reads an answer, of its series those that are wanted. Error `not_prometheus`: what is wrong, without a full stop. */
export function readExposition(
  text: string,
  format: ExpositionFormat,
  wanted: (name: string) => boolean = () => true,
): Result<Exposition> {
  const samples: ExposedSample[] = [];
  const families = new Map<string, MetricFamily>();
  let line = 0;
  let ended = false;
  for (const raw of text.replace(/\n$/, '').split('\n')) {
    line += 1;
    const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    try {
      if (ended) throw new Malformed('stands behind # EOF');
      if (content.trim() === '') continue;
      if (format === 'openmetrics' && content === '# EOF') ended = true;
      else if (content.trimStart().startsWith('#')) readComment(content.trim(), format, families);
      else {
        const sample = readSample(content.trim(), format, wanted);
        if (sample !== null) samples.push(sample);
      }
    } catch (thrown) {
      if (!(thrown instanceof Malformed)) throw thrown;
      return fail('invalid_input', 'not_prometheus', `line ${line} ${thrown.message}`);
    }
  }
  if (format === 'openmetrics' && !ended)
    return fail('invalid_input', 'not_prometheus', 'it does not end with # EOF, so a part of it is missing');
  return ok({ samples, families });
}

const parts = ['_bucket', '_sum', '_count', '_total', '_created', '_gsum', '_gcount', '_info'];

/** What is said of a series: by its own name, or by the name its parts (`_bucket`, `_total` …) share. */
export function familyOf({ families }: Exposition, name: string): MetricFamily | null {
  const own = families.get(name);
  if (own !== undefined) return own;
  const part = parts.find((end) => name.endsWith(end));
  return part === undefined ? null : (families.get(name.slice(0, -part.length)) ?? null);
}

/** Whether a series only ever rises, until its process begins anew. */
export function isCumulative(exposition: Exposition, { name, labels }: ExposedSample): boolean {
  const family = familyOf(exposition, name);
  switch (family?.type) {
    case 'counter':
      return !name.endsWith('_created');
    case 'histogram':
      return /_(bucket|sum|count)$/.test(name);
    case 'summary':
      return /_(sum|count)$/.test(name) && !Object.hasOwn(labels, 'quantile');
    case 'gauge':
      return false;
    default:
      return name.endsWith('_total');
  }
}
