/** Operators and the few functions of the language that options are made with. Values in, a value out; nothing else happens. */
import { isKnown, NotKnown, ScriptFunction, Unset, ValueMap, type Value } from './values.ts';

/** A text or list that grows beyond this is not followed. */
const longestText = 20_000;
const longestList = 2000;

const tooLarge = new NotKnown('it grows too large to be worked out');

type Primitive = string | number | boolean | null | undefined;

export function isPrimitive(value: Value): value is Primitive {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** Whether a value counts as true; null when that is not known. */
export function truthOf(value: Value): boolean | null {
  if (value instanceof Unset) return false;
  return isKnown(value) ? Boolean(value) : null;
}

function calculate(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '**':
      return a ** b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return new NotKnown(`the operator ${operator} is not worked out`);
  }
}

/** Not set is like nothing when it is compared, and a placeholder within a text. */
function withUnset(operator: string, left: Value, right: Value): Value {
  const isText = operator === '+' && (typeof left === 'string' || typeof right === 'string');
  if (!isText && !/^[!=]==?$/.test(operator)) return left instanceof NotKnown ? left : right;
  const settled = (value: Value): Value =>
    value instanceof Unset ? (isText ? value.placeholder : undefined) : value;
  return binary(operator, settled(left), settled(right));
}

/** `left operator right`. */
export function binary(operator: string, left: Value, right: Value): Value {
  if (left instanceof Unset || right instanceof Unset) return withUnset(operator, left, right);
  if (!isKnown(left)) return left;
  if (!isKnown(right)) return right;
  if (!isPrimitive(left) || !isPrimitive(right)) {
    if (operator === '===' || operator === '==') return left === right;
    if (operator === '!==' || operator === '!=') return left !== right;
    return new NotKnown(`the operator ${operator} is not worked out for objects`);
  }
  switch (operator) {
    case '===':
      return left === right;
    case '!==':
      return left !== right;
    case '==':
      return left === right || (left ?? null) === (right ?? null) || String(left) === String(right);
    case '!=':
      return !(left === right || (left ?? null) === (right ?? null) || String(left) === String(right));
    case '+': {
      if (typeof left !== 'string' && typeof right !== 'string') return Number(left) + Number(right);
      const text = String(left) + String(right);
      return text.length > longestText ? tooLarge : text;
    }
    case '<':
      return typeof left === 'string' && typeof right === 'string'
        ? left < right
        : Number(left) < Number(right);
    default:
      return calculate(operator, Number(left), Number(right));
  }
}

/** `operator value`. */
export function unary(operator: string, value: Value): Value {
  if (value instanceof Unset && operator === '!') return true;
  if (value instanceof Unset && operator === 'typeof') return 'undefined';
  if (!isKnown(value)) return value;
  switch (operator) {
    case '!':
      return !value;
    case '-':
      return isPrimitive(value) ? -Number(value) : NaN;
    case '+':
      return isPrimitive(value) ? Number(value) : NaN;
    case 'void':
      return undefined;
    case 'typeof':
      return value instanceof ScriptFunction ? 'function' : isPrimitive(value) && value !== null ? typeof value : 'object'; // prettier-ignore
    default:
      return new NotKnown(`the operator ${operator} is not worked out`);
  }
}

/** A part of a value, `value[key]`. */
export function member(value: Value, key: Value): Value {
  if (!isKnown(value)) return value;
  if (!isKnown(key)) return key;
  if (!isPrimitive(key)) return new NotKnown('its key is not a word or a number');
  if (value instanceof ValueMap) return value.get(String(key));
  if (Array.isArray(value) || typeof value === 'string') {
    if (key === 'length') return value.length;
    const index = Number(key);
    return Number.isInteger(index) ? value[index] : new NotKnown(`${String(key)} of it is not worked out`);
  }
  return new NotKnown('it is a part of something that has no parts');
}

/** Puts a part into a value; false when that cannot be done. */
export function setMember(value: Value, key: Value, part: Value): boolean {
  if (!isPrimitive(key)) return false;
  if (value instanceof ValueMap) {
    if (value.size >= longestList) return false;
    value.set(String(key), part);
    return true;
  }
  const index = Number(key);
  if (!Array.isArray(value) || !Number.isInteger(index) || index < 0 || index > value.length) return false;
  if (index >= longestList) return false;
  value[index] = part;
  return true;
}

/** Entries of a spread or copied object into another. */
export function copyInto(to: ValueMap, from: Value): void {
  if (from instanceof ValueMap) for (const [key, value] of from) to.set(key, value);
  else if (from instanceof NotKnown) to.set('...', from);
}

/** A list with another's entries at its end; what is not known is one entry. */
export function extend(list: Value[], from: Value): void {
  if (Array.isArray(from)) list.push(...from.slice(0, Math.max(0, longestList - list.length)));
  else if (from instanceof NotKnown) list.push(from);
}

const text = (value: Value): string => (isPrimitive(value) ? String(value) : '');
const numeric = (value: Value): number => (isPrimitive(value) ? Number(value) : NaN);

const functions: Record<string, (given: Value[]) => Value> = {
  Number: ([value]) => numeric(value),
  String: ([value]) => text(value),
  Boolean: ([value]) => Boolean(value),
  parseInt: ([value]) => Number.parseInt(text(value), 10),
  parseFloat: ([value]) => Number.parseFloat(text(value)),
  'Number.parseInt': ([value]) => Number.parseInt(text(value), 10),
  'Number.parseFloat': ([value]) => Number.parseFloat(text(value)),
  'Math.floor': ([value]) => Math.floor(numeric(value)),
  'Math.ceil': ([value]) => Math.ceil(numeric(value)),
  'Math.round': ([value]) => Math.round(numeric(value)),
  'Math.trunc': ([value]) => Math.trunc(numeric(value)),
  'Math.abs': ([value]) => Math.abs(numeric(value)),
  'Math.max': (given) => Math.max(...given.map(numeric)),
  'Math.min': (given) => Math.min(...given.map(numeric)),
  'Object.freeze': ([value]) => value,
  'Object.keys': ([value]) => (value instanceof ValueMap ? [...value.keys()] : []),
  'Object.values': ([value]) => (value instanceof ValueMap ? [...value.values()] : []),
  'Object.entries': ([value]) =>
    value instanceof ValueMap ? [...value].map(([key, entry]): Value => [key, entry]) : [],
  'Object.assign': ([to, ...from]) => {
    if (to instanceof ValueMap) for (const one of from) copyInto(to, one);
    return to;
  },
};

/** A function of the language by its name (`Math.max`); null when it is none of those that are worked out. */
export function callNamed(name: string, given: Value[]): Value | null {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!found) return null;
  // Object.assign keeps what is known of what it is given.
  const unknown = name === 'Object.assign' ? undefined : given.find((value) => !isKnown(value));
  return unknown ?? found(given);
}

/** A method of a text or a list; null when it is none of those that are worked out. */
export function callMethod(of: Value, method: string, given: Value[]): Value | null {
  if (!isKnown(of)) return of;
  if (Array.isArray(of) && method === 'push') {
    if (of.length + given.length > longestList) return tooLarge;
    of.push(...given);
    return of.length;
  }
  if (Array.isArray(of) && method === 'concat') {
    const all = [...of];
    for (const one of given) extend(all, Array.isArray(one) ? one : [one]);
    return all;
  }
  const unknown = given.find((value) => !isKnown(value));
  if (unknown !== undefined) return unknown;
  if (Array.isArray(of)) {
    if (method === 'includes') return of.includes(given[0]);
    if (method !== 'join' || !of.every(isPrimitive)) return null;
    return of.map(text).reduce<Value>((all, one, i) => binary('+', i === 0 ? '' : binary('+', all, given[0] ?? ','), one), ''); // prettier-ignore
  }
  if (typeof of === 'number' && method === 'toString') return String(of);
  if (typeof of !== 'string') return null;
  switch (method) {
    case 'toLowerCase':
      return of.toLowerCase();
    case 'toUpperCase':
      return of.toUpperCase();
    case 'trim':
      return of.trim();
    case 'toString':
      return of;
    case 'startsWith':
      return of.startsWith(text(given[0]));
    case 'endsWith':
      return of.endsWith(text(given[0]));
    case 'includes':
      return of.includes(text(given[0]));
    case 'replace': {
      // A pattern would be an expression of its own; only plain words are replaced.
      const [from, to] = given;
      return typeof from === 'string' && typeof to === 'string'
        ? of.replace(from, () => to).slice(0, longestText)
        : null;
    }
    default:
      return null;
  }
}
