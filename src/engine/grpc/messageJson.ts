/** Messages from JSON and back. What does not fit is told in one sentence with its path. */
import { nearest } from '#contract/scenario/nearest';
import { enumOf, scalarDefault, scalarOf, WrongValue } from './scalars.ts';
import type { FieldType, MessageType, ServiceTypes } from './serviceTypes.ts';
import { isWrapper, wellKnownExample, wellKnownJson, wellKnownOf } from './wellKnown.ts';

/** Deeper is a mistake. */
const mostLevels = 64;

/** A message that does not fit its type. */
export class MessageMismatch extends Error {}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** A message as the encoder takes it. Fields may be written as in the .proto file or in camel case. Throws a `MessageMismatch`. */
export function messageFrom(types: ServiceTypes, name: string, json: unknown): Record<string, unknown> {
  const value = message(types, name, json ?? {}, '', 0);
  return isObject(value) ? value : {};
}

function mismatch(path: string, what: string): MessageMismatch {
  return new MessageMismatch(path === '' ? `The message ${what}.` : `The message's ${path} ${what}.`);
}

function checked(value: unknown, path: string): unknown {
  if (value instanceof WrongValue) throw mismatch(path, value.what);
  return value;
}

function message(types: ServiceTypes, name: string, json: unknown, path: string, level: number): unknown {
  if (level > mostLevels) throw mismatch(path, `is nested more than ${mostLevels} levels deep`);
  const special = checked(wellKnownOf(types, name, json), path);
  if (special !== undefined) return special;
  const type = types.message(name);
  if (type === undefined) throw mismatch(path, `is of the type ${name}, which no descriptor describes`);
  const value = type.byName.get('value');
  if (isWrapper(name) && value !== undefined && !isObject(json))
    return { value: one(types, value, json, path, level) };
  if (!isObject(json)) throw mismatch(path, `must be an object (${name}), not ${JSON.stringify(json)}`);
  if (name === 'google.protobuf.Any' && '@type' in json) return anything(types, json, path, level);
  return fields(types, type, json, path, level);
}

function anything(types: ServiceTypes, json: Record<string, unknown>, path: string, level: number): unknown {
  const { '@type': url, ...rest } = json;
  const inner = String(url).replace(/^.*\//, '');
  const value = message(
    types,
    inner,
    'value' in rest && wellKnownExample(inner) !== undefined ? rest.value : rest,
    path,
    level + 1,
  );
  return { '@type': url, ...(isObject(value) ? value : {}) };
}

function fields(
  types: ServiceTypes,
  type: MessageType,
  json: Record<string, unknown>,
  path: string,
  level: number,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const chosen = new Map<string, string>();
  for (const [key, value] of Object.entries(json)) {
    const field = type.byName.get(key);
    const here = path === '' ? key : `${path}.${key}`;
    if (field === undefined) throw unknownField(type, key, here);
    if (value === null && field.typeName !== 'google.protobuf.Value') continue;
    if (value === undefined) continue;
    if (field.oneof !== null) {
      const other = chosen.get(field.oneof);
      if (other !== undefined)
        throw mismatch(here, `excludes ${other}: only one of ${field.oneof} can be set`);
      chosen.set(field.oneof, key);
    }
    out[field.name] = fieldValue(types, field, value, here, level);
  }
  return out;
}

function unknownField(type: MessageType, key: string, path: string): MessageMismatch {
  const names = type.fields.map(({ name }) => name);
  const meant = nearest(key, names);
  const hint =
    meant !== null
      ? `; did you mean ${meant}?`
      : names.length === 0
        ? '; it has none.'
        : `; it has ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' …' : '.'}`;
  return new MessageMismatch(`The message's ${path} is no field of ${type.name}${hint}`);
}

function fieldValue(
  types: ServiceTypes,
  field: FieldType,
  json: unknown,
  path: string,
  level: number,
): unknown {
  if (field.map !== null) {
    const { key, value } = field.map;
    if (!isObject(json)) throw mismatch(path, 'must be an object, because it is a map');
    // On the wire a map is a list of entries, and so it is to the encoder that was made from descriptors.
    return Object.entries(json).map(([name, entry]) => ({
      [key.name]: checked(scalarOf(key, name), `${path}.${name}`),
      [value.name]: one(types, value, entry, `${path}.${name}`, level),
    }));
  }
  if (!field.repeated) return one(types, field, json, path, level);
  if (!Array.isArray(json)) throw mismatch(path, 'must be a list, because it is repeated');
  return json.map((entry, i) => one(types, field, entry, `${path}[${i}]`, level));
}

function one(types: ServiceTypes, field: FieldType, json: unknown, path: string, level: number): unknown {
  if (field.type === 'TYPE_ENUM') return checked(enumOf(types.enumValues(field.typeName ?? ''), json), path);
  if (field.typeName !== null) return message(types, field.typeName, json, path, level + 1);
  return checked(scalarOf(field, json), path);
}

/** How bytes are written: as base64, or for people, who read no base64 of audio. */
export type BytesText = (bytes: Uint8Array) => string;

export const base64: BytesText = (bytes) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
export const shortBytes: BytesText = (bytes) =>
  bytes.length > 48 ? `(${bytes.length} bytes)` : base64(bytes);

/** The JSON of a decoded message, its fields as in the .proto file. */
export function jsonOf(types: ServiceTypes, name: string, value: unknown, bytes: BytesText): unknown {
  if (!isObject(value)) return value ?? null;
  const special = wellKnownJson(types, name, value);
  if (special !== undefined) return special;
  if (isWrapper(name)) return plain(value.value, bytes);
  const type = types.message(name);
  if (type === undefined) return plain(value, bytes);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      const field = type.byName.get(key);
      if (field === undefined) return [key, plain(entry, bytes)];
      const inner = field.map?.value ?? field;
      const each = (item: unknown) =>
        inner.typeName !== null && inner.type !== 'TYPE_ENUM' && isObject(item)
          ? jsonOf(types, inner.typeName, item, bytes)
          : plain(item, bytes);
      if (field.map !== null && Array.isArray(entry))
        return [key, Object.fromEntries(entriesOf(entry).map(([k, item]) => [k, each(item)]))];
      return [key, Array.isArray(entry) ? entry.map(each) : each(entry)];
    }),
  );
}

function entriesOf(entries: readonly unknown[]): [string, unknown][] {
  return entries.filter(isObject).map(({ key, value }) => [String(key), value]);
}

function plain(value: unknown, bytes: BytesText): unknown {
  if (value instanceof Uint8Array) return bytes(value);
  if (Array.isArray(value)) return value.map((one) => plain(one, bytes));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([k, one]) => [k, plain(one, bytes)]));
  return value ?? null;
}

/** An example of a message: every field with its default, one element of repeated messages, of a oneof the first. */
export function exampleOf(types: ServiceTypes, name: string, above: readonly string[] = []): unknown {
  const special = wellKnownExample(name);
  if (special !== undefined) return special;
  const seen = new Set<string>();
  const entries: [string, unknown][] = [];
  for (const field of types.message(name)?.fields ?? []) {
    if (field.oneof !== null && seen.has(field.oneof)) continue;
    if (field.oneof !== null) seen.add(field.oneof);
    entries.push([field.name, exampleField(types, field, [...above, name])]);
  }
  const example = Object.fromEntries(entries);
  return isWrapper(name) ? example.value : example;
}

function exampleField(types: ServiceTypes, field: FieldType, above: readonly string[]): unknown {
  if (field.map !== null) return {};
  if (field.type === 'TYPE_ENUM')
    return field.repeated ? [] : ([...types.enumValues(field.typeName ?? '').keys()][0] ?? 0);
  if (field.typeName === null) return field.repeated ? [] : scalarDefault(field.type);
  if (above.includes(field.typeName) || above.length > 8) return field.repeated ? [] : null;
  const example = exampleOf(types, field.typeName, above);
  return field.repeated ? [example] : example;
}
