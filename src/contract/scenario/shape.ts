/** Walking the scenario's schema beside a value: which part of it a path belongs to, and which keys are allowed there. */
import type { z } from 'zod';

export type ValuePath = readonly (string | number)[];

/** `users[0].conversations[1].name`; keys that are not plain words are quoted. */
export function formatPath(path: ValuePath): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) out += out === '' ? part : `.${part}`;
    else out += `[${JSON.stringify(part)}]`;
  }
  return out;
}

/** The value at a path; undefined when the path leads nowhere. */
export function valueAt(value: unknown, path: ValuePath): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

type Schema = z.core.$ZodTypes;
type Definition = Schema['_zod']['def'];

function definitionOf(schema: z.core.$ZodType): Definition {
  return (schema as Schema)._zod.def;
}

/** The schema without its defaults, transforms and optionality. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return bare(def.innerType);
    case 'pipe':
      return bare(def.in);
    default:
      return schema;
  }
}

/** The options of a union, or null when the schema is none. */
export function optionsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] | null {
  const def = definitionOf(bare(schema));
  return def.type === 'union' ? def.options : null;
}

/** Whether an object option is the one a value names by its fixed words (`executor: constant-vus`). */
function named(option: z.core.$ZodType, value: unknown): boolean {
  const def = definitionOf(bare(option));
  if (def.type !== 'object') return true;
  return Object.entries(def.shape).every(([key, field]) => {
    const fieldDef = definitionOf(bare(field));
    if (fieldDef.type !== 'literal') return true;
    return fieldDef.values.includes(valueAt(value, [key]) as never);
  });
}

/** The key whose word tells the options of a union apart (`executor`), or null. */
function discriminatorOf(schema: z.core.$ZodType): string | null {
  const def = definitionOf(bare(schema));
  return def.type === 'union' && 'discriminator' in def && typeof def.discriminator === 'string'
    ? def.discriminator
    : null;
}

/**
 * The options of a union that a value may have been meant for, by its fixed words; all of them when those name none.
 * Null when the schema is no union.
 */
export function fittingOptions(schema: z.core.$ZodType, value: unknown): readonly z.core.$ZodType[] | null {
  const options = optionsOf(schema);
  if (!options) return null;
  const telling = options
    .map(discriminatorOf)
    .find((key) => key !== null && valueAt(value, [key]) !== undefined);
  const fitting = options.filter((option) => {
    const key = discriminatorOf(option);
    return key === null ? telling === undefined && named(option, value) : key === telling;
  });
  return fitting.length > 0 ? fitting : options;
}

/** Every schema that may apply at `path` below `schema`: more than one where a union has not been decided. */
export function schemasAt(schema: z.core.$ZodType, value: unknown, path: ValuePath): z.core.$ZodType[] {
  const here = bare(schema);
  const options = fittingOptions(here, value);
  if (options) return options.flatMap((option) => schemasAt(option, value, path));
  const [part, ...rest] = path;
  if (part === undefined) return [here];
  const field = fieldOf(here, part);
  return field ? schemasAt(field, valueAt(value, [part]), rest) : [];
}

function fieldOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | null {
  const def = definitionOf(schema);
  if (def.type === 'object') return Object.hasOwn(def.shape, part) ? (def.shape[part] ?? null) : null;
  if (def.type === 'array') return def.element;
  return def.type === 'record' ? def.valueType : null;
}

/** The schema at a path as it is declared there: a union is not replaced by its options. */
export function declaredAt(schema: z.core.$ZodType, value: unknown, path: ValuePath): z.core.$ZodType | null {
  const last = path.at(-1);
  if (last === undefined) return schema;
  for (const parent of schemasAt(schema, value, path.slice(0, -1))) {
    const field = fieldOf(parent, last);
    if (field) return field;
  }
  return null;
}

/** The keys allowed in the object at `path`, in the schema's order. */
export function keysAt(schema: z.core.$ZodType, value: unknown, path: ValuePath): string[] {
  const keys = schemasAt(schema, value, path).flatMap((found) => {
    const def = definitionOf(found);
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
  return [...new Set(keys)];
}
