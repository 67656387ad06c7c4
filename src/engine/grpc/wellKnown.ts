/** Well-known types have a JSON of their own (https://protobuf.dev/programming-guides/json/). */
import type { MessageType, ServiceTypes } from './serviceTypes.ts';
import { WrongValue } from './scalars.ts';

const prefix = 'google.protobuf.';
const wrappers = new Set(
  ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => `${prefix}${name}Value`,
  ),
);

/** Whether a message is one value in a field called `value`. */
export function isWrapper(name: string): boolean {
  return wrappers.has(name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields by number: the compiler's own copy spells them otherwise than descriptors of a server. */
function fieldName(type: MessageType | undefined, number: number): string {
  return type?.fields.find((field) => field.number === number)?.name ?? '';
}

function time(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(value);
  const ms = parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[3]}`);
  if (Number.isNaN(ms)) return new WrongValue('must be a time like 2026-01-31T12:00:00Z');
  return { seconds: Math.floor(ms / 1000), nanos: Number((parts?.[2] ?? '').padEnd(9, '0')) };
}

function duration(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const parts = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(value);
  if (parts === null) return new WrongValue('must be a duration like 1.5s');
  const sign = parts[1] === '-' ? -1 : 1;
  return { seconds: sign * Number(parts[2]), nanos: sign * Number((parts[3] ?? '').padEnd(9, '0')) };
}

function structOf(types: ServiceTypes, value: Record<string, unknown>): unknown {
  return {
    // A map is a list of entries to the encoder.
    fields: Object.entries(value).map(([key, one]) => ({ key, value: valueOf(types, one) })),
  };
}

function valueOf(types: ServiceTypes, value: unknown): unknown {
  const type = types.message(`${prefix}Value`);
  const member = (number: number, inner: unknown) => ({ [fieldName(type, number)]: inner });
  if (typeof value === 'number') return member(2, value);
  if (typeof value === 'string') return member(3, value);
  if (typeof value === 'boolean') return member(4, value);
  if (Array.isArray(value)) return member(6, { values: value.map((one) => valueOf(types, one)) });
  return isObject(value) ? member(5, structOf(types, value)) : member(1, 0);
}

/** A well-known type from its own JSON, or what is wrong with it; undefined: it is written like any other message. */
export function wellKnownOf(types: ServiceTypes, name: string, value: unknown): unknown {
  switch (name) {
    case `${prefix}Timestamp`:
      return time(value);
    case `${prefix}Duration`:
      return duration(value);
    case `${prefix}FieldMask`:
      return typeof value === 'string' ? { paths: value === '' ? [] : value.split(',') } : undefined;
    case `${prefix}Value`:
      return valueOf(types, value);
    case `${prefix}Struct`:
      return isObject(value) ? structOf(types, value) : new WrongValue('must be an object');
    case `${prefix}ListValue`:
      return Array.isArray(value)
        ? { values: value.map((one) => valueOf(types, one)) }
        : new WrongValue('must be a list');
    default:
      return undefined;
  }
}

function fraction(nanos: number): string {
  return nanos === 0
    ? ''
    : `.${String(Math.abs(nanos))
        .padStart(9, '0')
        .replace(/(000){1,2}$/, '')}`;
}

function plainValue(types: ServiceTypes, value: unknown): unknown {
  if (!isObject(value)) return null;
  const type = types.message(`${prefix}Value`);
  for (const number of [2, 3, 4]) {
    const name = fieldName(type, number);
    if (name in value) return value[name];
  }
  const struct = value[fieldName(type, 5)];
  if (isObject(struct)) return plainStruct(types, struct);
  const list = value[fieldName(type, 6)];
  return isObject(list) ? plainList(types, list) : null;
}

function plainStruct(types: ServiceTypes, { fields }: Record<string, unknown>): unknown {
  const entries = Array.isArray(fields) ? fields.filter(isObject) : [];
  return Object.fromEntries(entries.map(({ key, value }) => [String(key), plainValue(types, value)]));
}

function plainList(types: ServiceTypes, { values }: Record<string, unknown>): unknown {
  return Array.isArray(values) ? values.map((one) => plainValue(types, one)) : [];
}

/** The JSON of a well-known type that was decoded; undefined: it is written like any other message. */
export function wellKnownJson(types: ServiceTypes, name: string, value: Record<string, unknown>): unknown {
  const seconds = Number(value.seconds ?? 0);
  const nanos = Number(value.nanos ?? 0);
  switch (name) {
    case `${prefix}Timestamp`: {
      const at = new Date(seconds * 1000);
      return Number.isNaN(at.getTime())
        ? undefined
        : at.toISOString().replace('.000Z', `${fraction(nanos)}Z`);
    }
    case `${prefix}Duration`:
      return `${seconds < 0 || nanos < 0 ? '-' : ''}${Math.abs(seconds)}${fraction(nanos)}s`;
    case `${prefix}FieldMask`:
      return Array.isArray(value.paths) ? value.paths.join(',') : '';
    case `${prefix}Value`:
      return plainValue(types, value);
    case `${prefix}Struct`:
      return plainStruct(types, value);
    case `${prefix}ListValue`:
      return plainList(types, value);
    default:
      return undefined;
  }
}

/** What stands for a well-known type in an example; undefined: it is written like any other message. */
export function wellKnownExample(name: string): unknown {
  const examples: Record<string, unknown> = {
    [`${prefix}Timestamp`]: '1970-01-01T00:00:00Z',
    [`${prefix}Duration`]: '0s',
    [`${prefix}FieldMask`]: '',
    [`${prefix}Value`]: null,
    [`${prefix}Struct`]: {},
    [`${prefix}ListValue`]: [],
    [`${prefix}Any`]: {},
  };
  return examples[name];
}
