/** Validates by the words of JSON Schema that the published schemas use; a word it does not know is refused, so that none is taken for kept. */
import type { JsonSchema } from './jsonSchema.ts';

/** Words that say something to people and editors alone. */
const said = new Set([
  '$schema',
  'title',
  'description',
  'default',
  'examples',
  'doNotSuggest',
  'patternErrorMessage',
  'definitions',
]);

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function part(schema: unknown): JsonSchema {
  if (!isObject(schema)) throw new Error(`${JSON.stringify(schema)} is not a schema`);
  return schema;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const limit = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const keyed = (value: unknown): JsonSchema => (isObject(value) ? value : {});

type Rule = (value: unknown, given: unknown, schema: JsonSchema) => boolean;

/** Parts that are named, of the schema that is tested. */
let named: JsonSchema = {};

function referred(given: unknown): JsonSchema {
  const name = /^#\/definitions\/(.+)$/.exec(String(given))?.[1];
  return part(named[name ?? '']);
}

const rules: Record<string, Rule> = {
  type: (value, given) => (Array.isArray(given) ? given : [given]).some((type) => isOfType(value, type)),
  const: (value, given) => value === given,
  enum: (value, given) => list(given).includes(value),
  pattern: (value, given) => typeof value !== 'string' || new RegExp(String(given), 'u').test(value),
  minLength: (value, given) => typeof value !== 'string' || value.length >= limit(given),
  maxLength: (value, given) => typeof value !== 'string' || value.length <= limit(given),
  minimum: (value, given) => typeof value !== 'number' || value >= limit(given),
  maximum: (value, given) => typeof value !== 'number' || value <= limit(given),
  exclusiveMinimum: (value, given) => typeof value !== 'number' || value > limit(given),
  minItems: (value, given) => !Array.isArray(value) || value.length >= limit(given),
  items: (value, given) => !Array.isArray(value) || value.every((item) => isValid(item, part(given))),
  required: (value, given) =>
    !isObject(value) || list(given).every((key) => Object.hasOwn(value, String(key))),
  properties: (value, given) =>
    Object.entries(keyed(value)).every(([key, item]) => {
      const known = keyed(given)[key];
      return known === undefined || isValid(item, part(known));
    }),
  additionalProperties: (value, given, schema) =>
    Object.entries(keyed(value)).every(([key, item]) => {
      if (Object.hasOwn(keyed(schema.properties), key)) return true;
      return given !== false && isValid(item, part(given));
    }),
  propertyNames: (value, given) => Object.keys(keyed(value)).every((key) => isValid(key, part(given))),
  anyOf: (value, given) => list(given).some((form) => isValid(value, part(form))),
  allOf: (value, given) => list(given).every((form) => isValid(value, part(form))),
  not: (value, given) => !isValid(value, part(given)),
  $ref: (value, given) => isValid(value, referred(given)),
};

/** Whether a value keeps a schema. */
export function isValid(value: unknown, schema: JsonSchema): boolean {
  if (isObject(schema.definitions)) named = schema.definitions;
  return Object.entries(schema).every(([word, given]) => {
    if (said.has(word)) return true;
    const rule = rules[word];
    if (rule === undefined) throw new Error(`JSON Schema's ${JSON.stringify(word)} is not understood here`);
    return rule(value, given, schema);
  });
}
