import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { executors } from '#contract/scenario/executorNames';
import { EnvironmentFile, ScenarioFile } from '#contract/scenario/file';
import { keysAt, valueAt } from '#contract/scenario/shape';
import { bundled } from '../../entries.ts';
import { bundledScenarios } from '../library.ts';
import { bundledPresets } from '../presets.ts';
import { environmentSchema, publishedSchemas, scenarioSchema, type JsonSchema } from './jsonSchema.ts';
import { isValid } from './testing.ts';

const AnObject = z.record(z.string(), z.unknown());
const objectOf = (value: unknown): JsonSchema | null => AnObject.safeParse(value).data ?? null;

/** Every part of a schema, with the way to it. */
function* parts(schema: unknown, path: string): Generator<[string, JsonSchema]> {
  if (Array.isArray(schema)) for (const [i, item] of schema.entries()) yield* parts(item, `${path}[${i}]`);
  const object = Array.isArray(schema) ? null : objectOf(schema);
  if (!object) return;
  yield [path, object];
  for (const [key, item] of Object.entries(object)) yield* parts(item, `${path}.${key}`);
}

/** A part that is named, where one is referred to. */
function named(schema: JsonSchema): JsonSchema {
  const name = /^#\/definitions\/(.+)$/.exec(typeof schema.$ref === 'string' ? schema.$ref : '')?.[1];
  return (name === undefined ? null : objectOf(valueAt(scenarioSchema(), ['definitions', name]))) ?? schema;
}

/** Forms of a schema that allow what `value` is. */
function formsOf(schema: JsonSchema): JsonSchema[] {
  const forms = Array.isArray(schema.anyOf) ? schema.anyOf.map(objectOf).filter((form) => form !== null) : [];
  return forms.length > 0 ? forms.map(named) : [named(schema)];
}

async function scenarios(): Promise<{ file: string; value: unknown }[]> {
  const found: { file: string; value: unknown }[] = [];
  for (const folder of [bundledScenarios(), bundledPresets()])
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.yaml'))) {
      const value: unknown = parse(await readFile(join(folder, name), 'utf8'));
      found.push({ file: join(folder, name), value });
    }
  return found;
}

test('what is published is what the program reads; otherwise run: npm run schema', async () => {
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    const published: unknown = JSON.parse(await readFile(bundled('resources', file), 'utf8'));
    expect(published).toEqual(schema);
  }
});

describe.each([
  ['scenario', scenarioSchema()],
  ['environment', environmentSchema()],
])('the schema of a %s', (_kind, schema) => {
  test('says of every key what it is, in a sentence', () => {
    for (const [path, { properties }] of parts(schema, '')) {
      for (const [key, property] of Object.entries(objectOf(properties) ?? {})) {
        const description = objectOf(property)?.description;
        expect(description, `${path}.properties.${key}`).toMatch(/^.{3,160}\.$/);
      }
    }
  });

  test('allows no key that is not in it', () => {
    for (const [path, { properties, additionalProperties }] of parts(schema, ''))
      if (objectOf(properties) && !path.endsWith('.properties'))
        expect(additionalProperties, path).toBe(false);
  });

  test('tells forms of an object apart by a word or a key of their own', () => {
    for (const [path, part] of parts(schema, '')) {
      expect(part, path).not.toHaveProperty('oneOf');
      const objects = Array.isArray(part.anyOf)
        ? formsOf(part).filter((form) => objectOf(form.properties))
        : [];
      const telling = objects.map(({ title, required }) =>
        typeof title === 'string' ? title : JSON.stringify(required),
      );
      expect(new Set(telling).size, path).toBe(objects.length);
    }
  });
});

test('has every key of a scenario, wherever it stands', async () => {
  const walk = (value: unknown, schema: JsonSchema, path: (string | number)[]) => {
    if (Array.isArray(value)) {
      const items = objectOf(schema.items);
      if (items) for (const [i, item] of value.entries()) walk(item, items, [...path, i]);
      return;
    }
    const object = objectOf(value);
    if (!object) return;
    const forms = formsOf(schema);
    const form = forms.find((one) => isValid(value, one));
    // Forms without a word that tells them apart are offered together.
    const offered = forms.filter((one) => one === form || (one.title ?? form?.title) === undefined);
    const properties = Object.assign(
      {},
      ...offered.map((one) => objectOf(one.properties) ?? {}),
    ) as JsonSchema;
    const allowed = keysAt(ScenarioFile, whole, path);
    if (allowed.length > 0) expect(Object.keys(properties).sort(), path.join('.')).toEqual(allowed.sort());
    for (const [key, item] of Object.entries(object)) {
      const next = objectOf(properties[key]);
      if (next) walk(item, next, [...path, key]);
    }
  };
  let whole: unknown = null;
  for (const { value } of await scenarios()) {
    whole = value;
    walk(value, scenarioSchema(), []);
  }
});

test('allows every bundled scenario and preset', async () => {
  const schema = scenarioSchema();
  const found = await scenarios();
  expect(found.length).toBeGreaterThan(10);
  for (const { file, value } of found) expect(isValid(value, schema), file).toBe(true);
});

test('offers every executor', () => {
  const load = objectOf(valueAt(scenarioSchema(), ['properties', 'load'])) ?? {};
  const offered = formsOf(load).map((form) => valueAt(form, ['properties', 'executor', 'const']));
  expect(offered.filter((name) => name !== undefined)).toEqual([...executors]);
});

test('shows defaults as they are written', () => {
  const at = (...path: string[]) => valueAt(scenarioSchema(), ['properties', ...path, 'default']);
  expect(at('audio', 'properties', 'chunk')).toBe('20ms');
  expect(at('audio', 'properties', 'speech_level')).toBe('-45dBFS');
  expect(at('environment')).toBe('practice');
  expect(at('users', 'items', 'anyOf', '0', 'properties', 'timeouts', 'properties', 'turn')).toBe('12s');
});

describe('the program and the schema agree', () => {
  const minimal = {
    version: 1,
    name: 'x',
    users: [{ kind: 'voice', conversations: [{ name: 'a', turns: [{ say: 'hi' }] }] }],
    load: { users: 1, duration: '3s' },
  };
  const allowed = (value: unknown) => isValid(value, scenarioSchema());

  test.each([
    ['an unknown key', { ...minimal, usres: [] }],
    ['a missing key', { ...minimal, name: undefined }],
    ['another version', { ...minimal, version: 2 }],
    ['a duration without its unit', { ...minimal, load: { users: 1, duration: 3 } }],
    ['a duration that is none', { ...minimal, warm_up: 'soon' }],
    ['an executor there is not', { ...minimal, load: { executor: 'constant-vu', users: 1, duration: '3s' } }],
    [
      'a key of another executor',
      { ...minimal, load: { executor: 'constant-vus', users: 1, duration: '3s', rate: 1 } },
    ],
    ['what is not supported yet', { ...minimal, users: [{ kind: 'http', conversations: [] }] }],
    ['a metric there is not', { ...minimal, thresholds: [{ metric: 'tfa', stat: 'p95', target: '2s' }] }],
    ['an empty list', { ...minimal, users: [] }],
  ])('against %s', (_what, value) => {
    const given: unknown = JSON.parse(JSON.stringify(value));
    expect(ScenarioFile.safeParse(given).success).toBe(false);
    expect(allowed(given)).toBe(false);
  });

  test.each([
    [
      'an environment',
      { url: 'wss://h/x', auth: { type: 'basic', user: 'a', password: 'b' }, tls: { verify: false } },
    ],
    [
      'targets',
      {
        targets: { a: { url: 'ws://h' } },
        production: { confirm_above: 3 },
        guard: { url: 'http://h', expect: { a: true } },
      },
    ],
  ])('on %s', (_what, environment) => {
    expect(allowed({ ...minimal, environment })).toBe(true);
    const file = { version: 1, name: 'staging', ...environment };
    expect(EnvironmentFile.safeParse(file).success).toBe(true);
    expect(isValid(file, environmentSchema())).toBe(true);
    expect(isValid({ ...file, uri: 'x' }, environmentSchema())).toBe(false);
  });

  test('what the program reads is never called wrong, whatever is changed in it', async () => {
    const values = (await scenarios()).map(({ value }) => JSON.stringify(value));
    const schema = scenarioSchema();
    const scalar = fc.oneof(
      fc.constantFrom(
        '5s',
        '0',
        '1m30s',
        ' 2s ',
        '1.5ms',
        '-45dBFS',
        'forever',
        'wait',
        'tail',
        'practice',
        '98%',
      ),
      fc.constantFrom(0, 1, 2, 20, 1.5, -1, 24_000, true, null),
      fc.string({ maxLength: 5 }),
    );
    let kept = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.nat(),
        scalar,
        fc.boolean(),
        (text, nth, replacement, drop) => {
          const value: unknown = JSON.parse(text);
          // The nth leaf, or what it stands in, becomes something else or goes.
          const leaves: { around: object; key: string }[] = [];
          const gather = (around: unknown) => {
            if (typeof around !== 'object' || around === null) return;
            for (const [key, item] of Object.entries(around)) {
              leaves.push({ around, key });
              gather(item);
            }
          };
          gather(value);
          const leaf = leaves[nth % leaves.length];
          if (!leaf) return;
          if (drop) Reflect.deleteProperty(leaf.around, leaf.key);
          else Reflect.set(leaf.around, leaf.key, replacement);
          const given: unknown = JSON.parse(JSON.stringify(value));
          if (!ScenarioFile.safeParse(given).success) return;
          kept++;
          expect(isValid(given, schema)).toBe(true);
        },
      ),
      { numRuns: 1500 },
    );
    expect(kept).toBeGreaterThan(100);
  });
});
