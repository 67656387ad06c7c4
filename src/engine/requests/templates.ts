/**
 * Texts with placeholders, compiled once: `${name}`, `${name.field}`, `${name[0].x}`; `$${` is a plain `${`. What has no
 * value when a text is filled in is thrown as `UnsetVariable`.
 */

/** Where values stand by name; undefined: there is none. */
export interface Values {
  valueOf(name: string): unknown;
}

/** A placeholder of a request has no value. */
export class UnsetVariable extends Error {
  constructor(placeholder: string) {
    super(
      `\${${placeholder}} has no value: no variable, row of data or earlier response of this user gave it one`,
    );
  }
}

/** `a.b[0]` as `name` and what is looked up in its value, step by step. */
export interface Reference {
  text: string;
  name: string;
  path: readonly (string | number)[];
}

export interface Template {
  /** All of it, where it has no placeholders. */
  readonly constant: string | null;
  readonly references: readonly Reference[];
  /** Throws `UnsetVariable`. */
  fill(values: Values): string;
}

type Part = string | Reference;

const pathStep = /^(?:\.([^.[\]{}]+)|\[(\d+)\])/;

/** What stands between `${` and `}`. Nothing is found under a name that is no reference. */
export function referenceOf(text: string): Reference {
  const name = /^[^.[\]]*/.exec(text)?.[0] ?? '';
  const path: (string | number)[] = [];
  let rest = text.slice(name.length);
  while (rest !== '') {
    const step = pathStep.exec(rest);
    if (step === null) return { text, name: text, path: [] };
    path.push(step[1] ?? Number(step[2]));
    rest = rest.slice(step[0].length);
  }
  return { text, name, path };
}

/** Literal text and placeholders in order. A `${` that is never closed is literal. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  for (let next = text.indexOf('${'); next !== -1; next = text.indexOf('${', at)) {
    if (text[next - 1] === '$' && next > at) {
      literal += `${text.slice(at, next - 1)}\${`;
      at = next + 2;
      continue;
    }
    const end = text.indexOf('}', next);
    if (end === -1) break;
    literal += text.slice(at, next);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(referenceOf(text.slice(next + 2, end)));
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push(literal);
  return parts;
}

/** The value of a placeholder. Throws `UnsetVariable`. */
export function resolve({ name, path, text }: Reference, values: Values): unknown {
  let value = values.valueOf(name);
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      throw new UnsetVariable(text);
    value = Reflect.get(value, step);
  }
  if (value === undefined) throw new UnsetVariable(text);
  return value;
}

/** What JSON has no form for is null. */
export function asJson(value: unknown): string {
  return JSON.stringify(value === undefined || typeof value === 'function' ? null : value);
}

/** A value within a text: as it is, or as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : asJson(value);
}

/** `encode` is applied to every value and to literal text it is told of; the place is its number among the parts. */
function templateOf(parts: readonly Part[], encode: (value: string, place: number) => string): Template {
  const references = parts.filter((part) => typeof part !== 'string');
  const [only] = parts;
  if (references.length === 0) {
    const constant = parts.filter((part) => typeof part === 'string').join('');
    return { constant, references, fill: () => constant };
  }
  if (parts.length === 1 && only !== undefined && typeof only !== 'string')
    return { constant: null, references, fill: (values) => encode(asText(resolve(only, values)), 0) };
  return {
    constant: null,
    references,
    fill: (values) => {
      let out = '';
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i] ?? '';
        out += typeof part === 'string' ? part : encode(asText(resolve(part, values)), i);
      }
      return out;
    },
  };
}

export function textTemplate(text: string): Template {
  return templateOf(partsOf(text), (value) => value);
}

/** Every part of a URL that is no printable ASCII, escaped; what is escaped already stays. */
function escapeLiteral(text: string): string {
  return text.toWellFormed().replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
}

/** Values are encoded, but for one that the address begins with: it is an address itself. */
export function addressTemplate(address: string): Template {
  const parts = partsOf(address).map((part) => (typeof part === 'string' ? escapeLiteral(part) : part));
  return templateOf(parts, (value, place) =>
    place === 0 ? escapeLiteral(value) : encodeURIComponent(value.toWellFormed()),
  );
}

type Filled = (values: Values) => unknown;

/** A value of JSON with placeholders in its texts; a text that is nothing but one becomes its value, type and all. */
export interface JsonTemplate {
  /** Whether nothing in it is filled in. */
  readonly fixed: boolean;
  readonly references: readonly Reference[];
  fill(values: Values): unknown;
}

function fixedJson(value: unknown): JsonTemplate {
  return { fixed: true, references: [], fill: () => value };
}

export function jsonTemplate(value: unknown): JsonTemplate {
  if (typeof value === 'string') return jsonText(value);
  if (typeof value !== 'object' || value === null) return fixedJson(value);
  if (Array.isArray(value)) {
    const items = value.map(jsonTemplate);
    const filled = (values: Values) => items.map((item) => item.fill(values));
    return within(items, filled);
  }
  const entries = Object.entries(value).map(([key, one]) => [key, jsonTemplate(one)] as const);
  return within(
    entries.map(([, item]) => item),
    (values) => {
      const out: Record<string, unknown> = {};
      for (const [key, item] of entries) setOwn(out, key, item.fill(values));
      return out;
    },
  );
}

/** Also where the key is `__proto__`. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

function within(items: readonly JsonTemplate[], fill: Filled): JsonTemplate {
  const references = items.flatMap((item) => item.references);
  if (items.some((item) => !item.fixed)) return { fixed: false, references, fill };
  const value = fill({ valueOf: () => undefined });
  return { fixed: true, references, fill: () => value };
}

function jsonText(text: string): JsonTemplate {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string')
    return { fixed: false, references: [only], fill: (values) => resolve(only, values) };
  const template = templateOf(parts, (value) => value);
  if (template.constant !== null) return fixedJson(template.constant);
  return { fixed: false, references: template.references, fill: (values) => template.fill(values) };
}
