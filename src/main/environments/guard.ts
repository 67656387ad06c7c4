/** The guard: a health address that must say the right thing before a run is aimed at its environment. */
import type { GuardReport } from '#contract/api/environments';
import { fail, ok, type Result } from '#contract/errors';
import type { Guard } from '#contract/scenario/environment';
import { placeholdersIn } from '#contract/scenario/placeholders';
import { masked, maskUrl, namesSecret } from '#contract/secrets';
import { notInHeaders, unset, type TargetWay } from './connect.ts';
import { askHealth, largestAnswerBytes, noAnswerReason, type GuardAnswer } from './guardRequest.ts';
import { textsIn, type PlaceholderValues } from './values.ts';

/** One thing the answer must say. */
interface Expected {
  /** Path of the value; null: a text anywhere. */
  path: string | null;
  value: string | number | boolean;
  /** It, and what is found in its place, may be shown. */
  open: boolean;
}

/** A guard that can be asked. Holds secrets: never stored, never shown. */
export interface FilledGuard {
  url: URL;
  shownUrl: string;
  headers: Record<string, string>;
  expected: Expected[];
  timeoutMs: number;
  /** What may not be shown wherever the answer repeats it, the longest first. */
  secrets: string[];
}

/** Shorter values stand in every other text. */
const shortestSecret = 4;

/** Everything secret that is sent: filled in as one, or named like one. */
function secretsOf(guard: Guard, headers: Record<string, string>, values: PlaceholderValues): string[] {
  const filled = textsIn(guard)
    .flatMap((text) => placeholdersIn(text).found)
    .filter(({ kind, name }) => kind === 'secret' || namesSecret(name))
    .map(({ text }) => values.fillKnown(text));
  const named = Object.entries(headers)
    .filter(([name]) => namesSecret(name))
    .flatMap(([, value]) => [value, ...value.split(/\s+/)]);
  return [...new Set([...filled, ...named].flatMap((value) => [value, encodeURIComponent(value)]))]
    .filter((value) => value.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
}

/** Fills in the placeholders. Errors: `placeholder_unset`, `invalid_url`, `invalid_header`. */
export function fillGuard(guard: Guard, values: PlaceholderValues): Result<FilledGuard> {
  const missing = new Set<string>();
  const fill = (text: string) => values.fill(text, missing);
  const url = fill(guard.url);
  const headers = Object.fromEntries(
    Object.entries(guard.headers).map(([name, value]) => [name, fill(value)]),
  );
  const one = (path: string | null, written: string | number | boolean): Expected => ({
    path,
    value: typeof written === 'string' ? fill(written) : written,
    open: !(typeof written === 'string' && written.includes('${secret:')) && !namesSecret(path ?? ''),
  });
  const expected =
    typeof guard.expect === 'string'
      ? [one(null, guard.expect)]
      : Object.entries(guard.expect).map(([path, value]) => one(path, value));
  if (missing.size > 0) return unset('The guard', missing);
  const shownUrl = maskUrl(guard.url);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return fail(
      'invalid_input',
      'invalid_url',
      `The address of the guard, ${shownUrl}, is not an http:// or https:// URL once it is filled in.`,
    );
  const broken = Object.entries(headers).find(([, value]) => notInHeaders.test(value));
  if (broken)
    return fail(
      'invalid_input',
      'invalid_header',
      `The header ${broken[0]} of the guard holds a line break or another character that headers cannot carry.`,
    );
  const secrets = secretsOf(guard, headers, values);
  return ok({ url: new URL(url), shownUrl, headers, expected, timeoutMs: guard.timeout, secrets });
}

/** The value at a path of a JSON answer: a key of that very name, else step by step (`a.b`, `list.0`). */
function valueIn(answer: unknown, path: string): unknown {
  if (typeof answer !== 'object' || answer === null) return undefined;
  if (Object.hasOwn(answer, path)) return Reflect.get(answer, path);
  let at: unknown = answer;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

const longestShown = 60;

function hidden(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, masked), text);
}

function shown(value: unknown, secrets: readonly string[] = []): string {
  const text = hidden(JSON.stringify(value), secrets);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** What one expectation finds; null: what it should. */
function disagreement(
  expected: Expected,
  { body, json, secrets }: { body: string; json: { value: unknown } | null; secrets: readonly string[] },
): string | null {
  const wanted = expected.open ? shown(expected.value) : masked;
  if (expected.path === null) return body.includes(String(expected.value)) ? null : `does not say ${wanted}`;
  if (json === null) return `is not JSON, so it has no ${expected.path}`;
  const found = valueIn(json.value, expected.path);
  if (found === undefined) return `has no ${expected.path}; it must be ${wanted}`;
  const simple = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
  // YAML and JSON may not agree on whether 1 is a number.
  if (simple && String(found) === String(expected.value)) return null;
  return `says ${expected.path}: ${expected.open ? shown(found, secrets) : masked}, not ${wanted}`;
}

function parsed(body: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return null;
  }
}

function judge(
  guard: FilledGuard,
  { status, location, body }: GuardAnswer,
): { passed: boolean; message: string } {
  const no = (what: string) => ({ passed: false, message: `${guard.shownUrl} ${what}.` });
  if (status >= 300 && status < 400) {
    const to = location === null ? '' : ` to ${hidden(maskUrl(location), guard.secrets).slice(0, 200)}`;
    return no(
      `points elsewhere (HTTP ${status})${to}, which is not followed; give the guard the address that answers`,
    );
  }
  if (status < 200 || status >= 300) {
    const hint = status === 401 || status === 403 ? ': give the guard the headers it wants' : '';
    return no(`answered HTTP ${status}${hint}`);
  }
  if (body === null)
    return no(`answered with more than ${largestAnswerBytes / 2 ** 20} MB, which is no health answer`);
  const json = parsed(body);
  for (const expected of guard.expected) {
    const wrong = disagreement(expected, { body, json, secrets: guard.secrets });
    if (wrong !== null) return no(wrong);
  }
  const said = guard.expected.map(({ path, value, open }) => {
    const what = open ? shown(value) : masked;
    return path === null ? what : `${path}: ${what}`;
  });
  return {
    passed: true,
    message: `${guard.shownUrl} says ${said.join(', ') || 'nothing wrong'}, as it must.`,
  };
}

/** Asks the guard's address once, reached as the environment's default target is. Whatever happens is a report; only the signal's end is not waited for. */
export async function askGuard(
  guard: FilledGuard,
  way: TargetWay,
  signal?: AbortSignal,
): Promise<GuardReport> {
  const started = performance.now();
  const late = AbortSignal.timeout(guard.timeoutMs);
  const bound = signal === undefined ? late : AbortSignal.any([late, signal]);
  const report = (passed: boolean, status: number | null, message: string): GuardReport => ({
    passed,
    status,
    ms: performance.now() - started,
    message,
  });
  try {
    const answer = await askHealth({ url: guard.url, headers: guard.headers, ...way, signal: bound });
    const { passed, message } = judge(guard, answer);
    return report(passed, answer.status, message);
  } catch (thrown) {
    if (signal?.aborted === true)
      return report(false, null, `${guard.shownUrl} was not asked to the end: it was cancelled.`);
    const why = late.aborted ? `no whole answer within ${guard.timeoutMs} ms` : noAnswerReason(thrown);
    return report(false, null, `${guard.shownUrl} gave no answer: ${why}.`);
  }
}
