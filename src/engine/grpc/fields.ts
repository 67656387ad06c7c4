/** Fields of messages by path (`audio`, `result.audio`): those that carry audio or text. */
import type { FieldType, MessageType, ServiceTypes } from './serviceTypes.ts';

/** What a path leads to, or why it leads nowhere. */
export function fieldAt(
  types: ServiceTypes,
  message: string,
  path: string,
): { fields: FieldType[] } | { problem: string } {
  const fields: FieldType[] = [];
  let type: MessageType | undefined = types.message(message);
  for (const name of path.split('.')) {
    const field = type?.byName.get(name);
    if (type === undefined || field === undefined)
      return {
        problem: `${path} is no field of ${message}: ${type?.name ?? 'what is before it'} has no ${name}.`,
      };
    fields.push(field);
    type = field.typeName === null ? undefined : types.message(field.typeName);
  }
  return { fields };
}

/** Paths of all fields that carry bytes, those of messages within messages included. */
export function bytesPaths(types: ServiceTypes, message: string): string[] {
  const paths: string[] = [];
  const walk = (name: string, before: string, above: readonly string[]): void => {
    for (const field of types.message(name)?.fields ?? []) {
      const path = before + field.name;
      if (field.type === 'TYPE_BYTES') paths.push(path);
      else if (
        field.map === null &&
        field.typeName !== null &&
        !above.includes(field.typeName) &&
        above.length < 8
      )
        walk(field.typeName, `${path}.`, [...above, field.typeName]);
    }
  };
  walk(message, '', [message]);
  return paths;
}

/** The values at a path of a decoded message; of a list each. */
export function valuesAt(value: unknown, names: readonly string[], from = 0): unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, names, from));
  const name = names[from];
  if (name === undefined) return value === null || value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt(Object.entries(value).find(([key]) => key === name)?.[1], names, from + 1);
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  out.push(rest);
  return out;
}

/**
 * Bytes in the field at a path, encoded. Behind another encoded message of the same type they are part of it
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so a chunk of audio costs a copy and no encoding of the rest.
 */
export function encodedBytes(fields: readonly FieldType[], bytes: Uint8Array): Buffer {
  let heads: number[] = [];
  let length = bytes.length;
  for (const field of fields.toReversed()) {
    const head = [...varint(field.number * 8 + 2), ...varint(length)];
    heads = [...head, ...heads];
    length += head.length;
  }
  return Buffer.concat([Uint8Array.from(heads), bytes]);
}
