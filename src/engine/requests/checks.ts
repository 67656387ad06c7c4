/** What an answer must be: the checks of a step, compiled once. */
import { isDeepStrictEqual } from 'node:util';
import { grpcStatuses } from '#contract/requests';
import type { Check } from '#contract/scenario/request';
import type { Answer } from './answer.ts';
import { jsonFinder } from './jsonPath.ts';
import { asText } from './templates.ts';

export interface CompiledCheck {
  /** Whether it is about the status, which then is right or wrong by it alone. */
  readonly ofStatus: boolean;
  readonly needsBody: boolean;
  /** What it looks at, as messages call it. */
  readonly subject: string;
  passes(answer: Answer): boolean;
  /** What was there, for people; null: nothing. */
  found(answer: Answer): string | null;
}

type Comparisons = Extract<Check, { body: unknown }>['body'];
type Test = (value: unknown) => boolean;

/** Longer values are cut in messages. */
const mostFound = 200;

/** Texts and numbers that read the same are equal: a header is always a text. */
function equals(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string' && typeof wanted !== 'string') return value === asText(wanted);
  return isDeepStrictEqual(value, wanted);
}

/** All that is asked for; `exists` when nothing is. */
function testOf(wanted: Comparisons): Test {
  const tests: Test[] = [];
  const { contains, matches, exists, above, below } = wanted;
  if (wanted.equals !== undefined) tests.push((value) => equals(value, wanted.equals));
  if (contains !== undefined) tests.push((value) => value !== undefined && holds(value, contains));
  if (matches !== undefined) {
    const expression = new RegExp(matches);
    tests.push((value) => value !== undefined && expression.test(asText(value)));
  }
  if (above !== undefined) tests.push((value) => numberOf(value) > above);
  if (below !== undefined) tests.push((value) => numberOf(value) < below);
  if (exists !== undefined) tests.push((value) => (value !== undefined) === exists);
  if (tests.length === 0) tests.push((value) => value !== undefined);
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (value) => tests.every((test) => test(value));
}

/** An array holds a text that is one of its values. */
function holds(value: unknown, text: string): boolean {
  return Array.isArray(value) && value.includes(text) ? true : asText(value).includes(text);
}

/** NaN compares with nothing. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function statusTest(wanted: number | string | readonly (number | string)[]): (status: number) => boolean {
  const list = Array.isArray(wanted) ? wanted : [wanted];
  const exact = new Set<unknown>(list);
  const classes = new Set(list.map((one) => (typeof one === 'string' ? Number(one[0]) : 0)));
  return (status) => exact.has(status) || classes.has(Math.floor(status / 100));
}

function ofStatus(test: (status: number) => boolean, name: (status: number) => string): CompiledCheck {
  return {
    ofStatus: true,
    needsBody: false,
    subject: 'the status',
    passes: ({ status }) => status !== null && test(status),
    found: ({ status }) => (status === null ? null : name(status)),
  };
}

function ofValue(
  subject: string,
  wanted: Comparisons,
  needsBody: boolean,
  valueIn: (answer: Answer) => unknown,
): CompiledCheck {
  const test = testOf(wanted);
  return {
    ofStatus: false,
    needsBody,
    subject,
    passes: (answer) => test(valueIn(answer)),
    found: (answer) => {
      const value = valueIn(answer);
      if (value === undefined) return null;
      const text = asText(value);
      return text.length > mostFound ? `${text.slice(0, mostFound)}…` : text;
    },
  };
}

/** Throws a `CrosstalkError` for a path that is none. */
export function compileCheck(check: Check): CompiledCheck {
  if ('status' in check) return ofStatus(statusTest(check.status), String);
  if ('grpc_status' in check) {
    const names = new Set([check.grpc_status].flat().map((name) => name.toUpperCase()));
    const nameOf = (status: number) => grpcStatuses[status] ?? String(status);
    return ofStatus((status) => names.has(nameOf(status)), nameOf);
  }
  if ('json' in check) {
    const find = jsonFinder(check.json);
    return ofValue(check.json, check, true, (answer) => find(answer.json()));
  }
  if ('header' in check) {
    const { header } = check;
    return ofValue(`the header ${header}`, check, false, (answer) => answer.header(header) ?? undefined);
  }
  return ofValue('the body', check.body, true, (answer) => answer.text());
}
