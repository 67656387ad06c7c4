/** Values of fields that are no messages, from JSON (https://protobuf.dev/programming-guides/json/). */
import type { FieldType } from './serviceTypes.ts';

/** What is wrong with a value, to follow its path. */
export class WrongValue {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

const whole: Record<string, { least: bigint; most: bigint }> = {};
for (const [names, bits, signed] of [
  [['TYPE_INT32', 'TYPE_SINT32', 'TYPE_SFIXED32'], 32n, true],
  [['TYPE_UINT32', 'TYPE_FIXED32'], 32n, false],
  [['TYPE_INT64', 'TYPE_SINT64', 'TYPE_SFIXED64'], 64n, true],
  [['TYPE_UINT64', 'TYPE_FIXED64'], 64n, false],
] as const)
  for (const name of names)
    whole[name] = signed
      ? { least: -(2n ** (bits - 1n)), most: 2n ** (bits - 1n) - 1n }
      : { least: 0n, most: 2n ** bits - 1n };

const words: Record<string, string> = {
  TYPE_STRING: 'a text',
  TYPE_BYTES: 'base64 text',
  TYPE_BOOL: 'true or false',
  TYPE_DOUBLE: 'a number',
  TYPE_FLOAT: 'a number',
};

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function wrong(type: string, value: unknown): WrongValue {
  return new WrongValue(`must be ${words[type] ?? 'a whole number'}, not ${shown(value)}`);
}

function wholeNumber(type: string, value: unknown, range: { least: bigint; most: bigint }): unknown {
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof text !== 'string' || !/^-?\d+(\.0+)?$/.test(text)) return wrong(type, value);
  const number = BigInt(text.replace(/\..*$/, ''));
  if (number < range.least || number > range.most)
    return new WrongValue(`must lie between ${range.least} and ${range.most}, not at ${text}`);
  return Number.isSafeInteger(Number(number)) ? Number(number) : number.toString();
}

function decimal(type: string, value: unknown): unknown {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return wrong(type, value);
  const number = Number(value);
  return Number.isNaN(number) && value !== 'NaN' ? wrong(type, value) : number;
}

function bytes(type: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return wrong(type, value);
  return Buffer.from(value, 'base64');
}

/** A scalar as the encoder takes it, or what is wrong with it. Texts that read as numbers are numbers, since templates give texts. */
export function scalarOf({ type }: Pick<FieldType, 'type'>, value: unknown): unknown {
  const range = whole[type];
  if (range !== undefined) return wholeNumber(type, value, range);
  switch (type) {
    case 'TYPE_BOOL':
      if (typeof value === 'boolean') return value;
      return value === 'true' ? true : value === 'false' ? false : wrong(type, value);
    case 'TYPE_DOUBLE':
    case 'TYPE_FLOAT':
      return decimal(type, value);
    case 'TYPE_BYTES':
      return bytes(type, value);
    default:
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : wrong('TYPE_STRING', value);
  }
}

/** What a scalar is when nothing is said. */
export function scalarDefault(type: string): unknown {
  if (type === 'TYPE_BOOL') return false;
  return type === 'TYPE_STRING' || type === 'TYPE_BYTES' ? '' : 0;
}

/** A name of an enum, or its number. */
export function enumOf(values: ReadonlyMap<string, number>, value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const number =
    typeof value === 'string'
      ? (values.get(value) ?? (/^-?\d+$/.test(value) ? Number(value) : undefined))
      : undefined;
  if (number !== undefined) return number;
  const names = [...values.keys()];
  const some = names.length > 12 ? `${names.slice(0, 12).join(', ')} …` : names.join(', ');
  return new WrongValue(`must be one of ${some}, not ${shown(value)}`);
}
