/**
 * The JSON Schema of a file an operator writes, made of the same zod schema that reads it. Draft 7, which every editor
 * with completion for YAML understands. It knows shapes, keys and words; rules between the parts of a file are the program's own.
 */
import { z } from 'zod';
import { formatDuration, quantities } from '#contract/quantities';
import { EnvironmentFile, ScenarioFile } from '#contract/scenario/file';

/** A JSON Schema or a part of one. */
export type JsonSchema = Record<string, unknown>;

type Quantity = 'duration' | 'level';

/** How a quantity is written. 0 needs no unit. */
const written: Record<Quantity, JsonSchema> = {
  duration: {
    type: ['string', 'integer'],
    pattern: '^\\s*(\\d+(\\.\\d+)?(us|ms|s|m|h))+\\s*$',
    patternErrorMessage: 'A duration is a number with its unit, like 20ms, 5s, 10m or 1h.',
    minimum: 0,
    maximum: 0,
    examples: ['500ms', '5s', '10m', '1h30m'],
  },
  level: {
    type: 'string',
    pattern: '^\\s*-?\\d+(\\.\\d+)?\\s*[dD][bB][fF][sS]\\s*$',
    patternErrorMessage: 'A level is dBFS between -100 and 0, like -45dBFS.',
    examples: ['-45dBFS'],
  },
};

function writtenDefault(kind: Quantity, value: number): string {
  return kind === 'duration' ? formatDuration(value) : `${value}dBFS`;
}

/** What a schema is a quantity of, and the default that stands around it. */
function quantityOf(schema: z.core.$ZodType): { kind: Quantity; fallback: unknown } | null {
  let fallback: unknown;
  for (let at: z.core.$ZodType = schema; ;) {
    const kind = quantities.get(at as z.ZodType)?.kind;
    if (kind !== undefined) return { kind, fallback };
    const { def } = (at as z.core.$ZodTypes)._zod;
    if (def.type !== 'default' && def.type !== 'optional') return null;
    if (def.type === 'default') fallback = def.defaultValue;
    at = def.innerType;
  }
}

/** Puts a quantity's own form in the place of what its parsing takes, and keeps a default that parsing would have changed. */
function override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: JsonSchema }): void {
  const quantity = quantityOf(zodSchema);
  if (!quantity) {
    const { def } = (zodSchema as z.core.$ZodTypes)._zod;
    if (def.type === 'default' && typeof def.defaultValue === 'string') jsonSchema.default = def.defaultValue;
    return;
  }
  const { description } = jsonSchema;
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  if (description !== undefined) jsonSchema.description = description;
  Object.assign(jsonSchema, written[quantity.kind]);
  if (typeof quantity.fallback === 'number')
    jsonSchema.default = writtenDefault(quantity.kind, quantity.fallback);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The forms a value may have, those of forms within forms too. */
function forms(schema: JsonSchema): JsonSchema[] | null {
  const options = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(options)) return null;
  return options.filter(isObject).flatMap((option) => forms(option) ?? [option]);
}

/** The word that tells a form from the others (`executor: constant-vus`) is what an editor calls it. */
function titleOf(form: JsonSchema): string | null {
  if (!isObject(form.properties)) return null;
  for (const [key, property] of Object.entries(form.properties)) {
    const word = isObject(property) ? property.const : undefined;
    if (typeof word === 'string') return `${key}: ${word}`;
  }
  return null;
}

const endless = Number.MAX_SAFE_INTEGER;

/** Leaves out what says nothing, and makes one list of forms of forms within forms: each tells itself by its words and keys. */
function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied);
  if (!isObject(value)) return value;
  const options = forms(value);
  const { anyOf: _any, oneOf: _one, ...rest } = value;
  const entries = Object.entries(options ? { ...rest, anyOf: options } : rest).filter(([key, part]) => {
    if (key === 'default') return !(isObject(part) && Object.keys(part).length === 0);
    return !(part === endless && key === 'maximum') && !(part === -endless && key === 'minimum');
  });
  const tidy: JsonSchema = Object.fromEntries(entries.map(([key, part]) => [key, tidied(part)]));
  const title = titleOf(tidy);
  return title === null ? tidy : { title, ...tidy };
}

function schemaOf(schema: z.ZodType, title: string, description: string): JsonSchema {
  const made: unknown = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => override({ zodSchema, jsonSchema }),
  });
  const { $schema, ...rest } = tidied(made) as JsonSchema;
  return { $schema, title, description, ...rest };
}

/** The schema of a scenario file. */
export function scenarioSchema(): JsonSchema {
  return schemaOf(
    ScenarioFile,
    'Crosstalk scenario',
    'What is tested: who calls, what they say, how many, and what must hold.',
  );
}

/** The schema of an environment file. */
export function environmentSchema(): JsonSchema {
  return schemaOf(
    EnvironmentFile,
    'Crosstalk environment',
    'Where scenarios are aimed, and what must hold before they may be run.',
  );
}

/** Which files have a schema. */
export type SchemaKind = 'scenario' | 'environment';

/** Names of the files that are published. */
export const schemaFiles: Record<SchemaKind, string> = {
  scenario: 'scenario.schema.json',
  environment: 'environment.schema.json',
};

/** Every schema that is published in `resources`, by the name of its file. */
export function publishedSchemas(): Record<string, JsonSchema> {
  return { [schemaFiles.scenario]: scenarioSchema(), [schemaFiles.environment]: environmentSchema() };
}
