/** What is wrong with a scenario, in sentences: what was found and what is allowed there. */
import { z } from 'zod';
import { namesSecret, quoted } from '../secrets.ts';
import { keyHint } from './keyHints.ts';
import { nearest } from './nearest.ts';
import { declaredAt, fittingOptions, keysAt, optionsOf, valueAt, type ValuePath } from './shape.ts';

/** One problem of a value. `key` is set when it is about a key of the map at `path` rather than about its value. */
export interface ValueProblem {
  path: (string | number)[];
  key?: string;
  message: string;
}

type Issue = z.core.$ZodIssue;

const expectedWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

/** What a value is, in words: `the number 5`, `"abc"`, `a list`; never what stands under a name of a secret. */
export function describeValue(value: unknown, name = ''): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return namesSecret(name) ? 'this text' : quoted(value);
    case 'number':
      return namesSecret(name) ? 'a number' : `the number ${value}`;
    case 'boolean':
      return `${value}`;
    default:
      return 'a map';
  }
}

/** Maps with secrets in them: written as a text, they are not repeated either. */
const holdsSecrets: ReadonlySet<string> = new Set(['headers', 'metadata', 'query', 'form']);

/** What stands under a name of a secret is not repeated. */
function withoutSecret(problem: ValueProblem, value: unknown): ValueProblem {
  const name = problem.path.findLast((part) => typeof part === 'string') ?? '';
  const secret = holdsSecrets.has(name) ? 'secret' : name;
  if (!namesSecret(secret)) return problem;
  const found = valueAt(value, problem.path);
  if (typeof found !== 'string' && typeof found !== 'number') return problem;
  const message = problem.message.replace(describeValue(found), () => describeValue(found, secret));
  return { ...problem, message };
}

/** Beyond so many words a likely one is worth more than all of them. */
const mostListed = 12;

function listed(words: readonly unknown[]): string {
  return words.map((word) => String(word)).join(', ');
}

function wrongType(expected: string, input: unknown): string {
  const must = `must be ${expectedWords[expected] ?? expected}`;
  if (input === null) return `${must}, but nothing is written here`;
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `${must}, not ${describeValue(input)}; put it in quotes`;
  }
  return `${must}, not ${describeValue(input)}`;
}

function allowedWords(values: readonly unknown[]): string {
  if (values.length === 1) return `must be ${listed(values)}`;
  const more = values.length - mostListed;
  // One or two more are shorter than to say so.
  return `must be one of ${more > 2 ? `${listed(values.slice(0, mostListed))} and ${more} more` : listed(values)}`;
}

function wrongWord(values: readonly unknown[], input: unknown): string {
  const meant =
    typeof input === 'string'
      ? nearest(
          input,
          values.filter((v) => typeof v === 'string'),
        )
      : null;
  if (meant !== null && values.length > mostListed)
    return `there is no ${describeValue(input)}; did you mean "${meant}"?`;
  return `${allowedWords(values)}, not ${describeValue(input)}${meant === null ? '' : `; did you mean "${meant}"?`}`;
}

function wrongSize(
  issue: { origin: string; inclusive?: boolean | undefined },
  bound: number | bigint,
  most: boolean,
): string {
  const limit = issue.inclusive === false ? (most ? 'below' : 'above') : most ? 'at most' : 'at least';
  if (issue.origin === 'string') return `must have ${limit} ${bound} characters`;
  if (issue.origin === 'array') return `must have ${limit} ${bound} entries`;
  return `must be ${limit} ${bound}`;
}

const notAllowed = 'is not allowed here';

/** Wording for everything the schema has no words of its own for. */
const sentences: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_value':
      return wrongWord(issue.values, issue.input);
    case 'too_small':
      return wrongSize(issue, issue.minimum, false);
    case 'too_big':
      return wrongSize(issue, issue.maximum, true);
    case 'invalid_union':
      return `${describeValue(issue.input)} ${notAllowed}`;
    default:
      return undefined;
  }
};

function isWrongType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union')
    return issue.errors.length > 0 && issue.errors.every((e) => e.some(isWrongType));
  return issue.code === 'invalid_type';
}

/** Whether words are asked for and the value is a map or a list. */
function isNoWord({ code, path }: Issue, value: unknown): boolean {
  return code === 'invalid_value' && path.length === 0 && typeof value === 'object' && value !== null;
}

const wrongTypeFarness = 1000;
const foreignKey = 10;
/** However wrong something within a form is, it says little of which form was meant. */
const deepMistake = 5;

/** How far a value is from one form of a union: the form it names outright first, a value of another type last. */
function farness(issues: readonly Issue[], option: z.core.$ZodType, value: unknown): number {
  let sum = 0;
  for (const issue of issues) {
    if (isWrongType(issue) || isNoWord(issue, value)) return wrongTypeFarness;
    if (issue.code === 'invalid_union') {
      // Only what stands at the top tells which form was meant; deeper down it is one mistake among others.
      if ('discriminator' in issue) {
        if (issue.path.length === 0)
          return valueAt(value, [issue.discriminator ?? '']) === undefined ? 100 : -1;
        sum += 1;
        continue;
      }
      const options = optionsOf(option) ?? [];
      const most = issue.path.length === 0 ? 100 : deepMistake;
      sum += Math.min(most, ...issue.errors.map((inner, i) => farness(inner, options[i] ?? option, value)));
    } else if (issue.code === 'unrecognized_keys') {
      const allowed = keysAt(option, valueAt(value, pathOf(issue)), pathOf(issue));
      // A key that is like none of this form's is a sign of another form; within it, one mistake among others.
      const foreign = issue.path.length === 0 ? foreignKey : 1;
      for (const key of issue.keys) sum += nearest(key, allowed) === null ? foreign : 0.5;
    } else sum += 1;
  }
  return sum;
}

function pathOf(issue: Issue): (string | number)[] {
  return issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
}

function unknownKey(key: string, allowed: readonly string[]): string {
  const hint = keyHint(key, allowed);
  if (hint !== null) return `unknown key "${key}"; ${hint}`;
  const meant = nearest(key, allowed);
  if (meant !== null && meant !== key) return `unknown key "${key}"; did you mean "${meant}"?`;
  const others = allowed.filter((name) => name !== key);
  return `unknown key "${key}"; allowed here: ${listed(others)}`;
}

function flatten(issue: Issue, schema: z.core.$ZodType, value: unknown, base: ValuePath): ValueProblem[] {
  const relative = pathOf(issue);
  const path = [...base, ...relative];
  const found = valueAt(value, relative);

  if (issue.code === 'custom') {
    // Said by a form that was chosen because its others would not even be read on.
    const declared = declaredAt(schema, value, relative);
    const options = declared && fittingOptions(declared, found);
    const likelier = options ? flattenNearest(options, found, path) : [];
    if (likelier.length > 0) return likelier;
  }
  if (issue.code === 'unrecognized_keys') {
    const declared = declaredAt(schema, value, relative);
    const options = declared && fittingOptions(declared, found);
    if (options) return flattenNearest(options, found, path);
    const allowed = keysAt(schema, value, relative);
    return issue.keys.map((key) => ({ path, key, message: unknownKey(key, allowed) }));
  }
  if (issue.code === 'invalid_key') {
    const key = String(relative.at(-1));
    const why = issue.issues[0]?.message ?? 'is not allowed as a key';
    return [{ path: path.slice(0, -1), key, message: `${JSON.stringify(key)} ${why}` }];
  }
  const last = path.at(-1);
  const missing = found === undefined && relative.length > 0 && issue.code !== 'custom';
  if (missing && typeof last === 'string') {
    const values =
      issue.code === 'invalid_value'
        ? `; it ${allowedWords(issue.values)}`
        : issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator === last
          ? `; ${issue.message}`
          : '';
    return [{ path: path.slice(0, -1), message: `"${last}" is missing${values}` }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const union = declaredAt(schema, value, relative);
    const options = union ? (optionsOf(union) ?? []) : [];
    const fitting = union ? (fittingOptions(union, found) ?? []) : [];
    const scores = issue.errors.map((inner, i) => {
      const option = options[i];
      return option && fitting.includes(option) ? farness(inner, option, found) : wrongTypeFarness;
    });
    const chosen = scores.indexOf(Math.min(...scores));
    const option = options[chosen];
    if ((scores[chosen] ?? wrongTypeFarness) < wrongTypeFarness && option) {
      // Of a form that is told by a key which is not there, nothing says that it is the one.
      if (isUntold(issue, issue.errors[chosen] ?? [], options, found))
        return [{ path, message: issue.message }];
      return (issue.errors[chosen] ?? []).flatMap((inner) => flatten(inner, option, found, path));
    }
  }
  return [{ path, message: issue.message }];
}

/** Whether the value has no key that belongs to only one of the forms, and the union says itself what it must be. */
function isUntold(
  { message }: Issue,
  inner: readonly Issue[],
  options: readonly z.core.$ZodType[],
  value: unknown,
): boolean {
  if (typeof value !== 'object' || value === null || message.endsWith(notAllowed)) return false;
  const lacks = inner.some((one) => one.path.length === 1 && valueAt(value, pathOf(one)) === undefined);
  if (!lacks) return false;
  const allowed = options.map((option) => keysAt(option, value, []));
  const telling = (key: string) => allowed.filter((keys) => keys.includes(key)).length === 1;
  const all = [...new Set(allowed.flat())];
  const likely = all.filter((key) => valueAt(value, [key]) === undefined);
  return !Object.keys(value).some(
    (key) =>
      telling(key) || (!all.includes(key) && (nearest(key, likely) !== null || keyHint(key, all) !== null)),
  );
}

/** The problems of the form a value comes nearest to. */
function flattenNearest(
  options: readonly z.core.$ZodType[],
  value: unknown,
  path: ValuePath,
): ValueProblem[] {
  const tried = options.map((option) => {
    const issues = z.safeParse(option, value, { error: sentences }).error?.issues ?? [];
    return { option, issues, far: farness(issues, option, value) };
  });
  const nearestForm = tried.reduce((best, next) => (next.far < best.far ? next : best));
  return nearestForm.issues.flatMap((issue) => flatten(issue, nearestForm.option, value, path));
}

/** A key that is missing because it is misspelt is told once. */
function withoutEchoes(problems: readonly ValueProblem[]): ValueProblem[] {
  const at = ({ path }: ValueProblem) => JSON.stringify(path);
  const meant = new Set(
    problems.flatMap((problem) => {
      const word = /; did you mean "(.+)"\?$/.exec(problem.message)?.[1];
      return problem.key === undefined || word === undefined ? [] : [`${at(problem)} "${word}" is missing`];
    }),
  );
  return problems.filter((problem) => !meant.has(`${at(problem)} ${problem.message}`));
}

/** Parses a value; what is wrong comes back as sentences, in the order of the schema. */
export function parseWithSentences<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { value: z.output<S> } | { problems: ValueProblem[] } {
  const parsed = schema.safeParse(value, { error: sentences });
  if (parsed.success) return { value: parsed.data };
  const all = parsed.error.issues.flatMap((issue) => flatten(issue, schema, value, []));
  const problems = withoutEchoes(all).map((problem) => withoutSecret(problem, value));
  return { problems: [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()] };
}
