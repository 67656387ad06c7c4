import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scenarioSchema } from './jsonSchema.ts';
import { placeSchema, refreshSchemas, schemaPath, withSchemaLine } from './workspaceSchemas.ts';

let workspace = '';
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-schemas-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const path = () => schemaPath(workspace, 'scenario');
const text = () => readFile(path(), 'utf8');

test('a new file says where its schema is, which is there', async () => {
  const yaml = '# Ours.\nversion: 1\n';
  const begun = await withSchemaLine(yaml, 'scenario', { workspace });
  expect(begun).toBe(`# yaml-language-server: $schema=.crosstalk/scenario.schema.json\n${yaml}`);
  expect(JSON.parse(await text())).toMatchObject(scenarioSchema());
  expect(await withSchemaLine(begun, 'scenario', { workspace })).toBe(begun);
  const below = await withSchemaLine(yaml, 'environment', {
    workspace,
    folder: join(workspace, 'environments'),
  });
  expect(below.split('\n')[0]).toBe('# yaml-language-server: $schema=../.crosstalk/environment.schema.json');
});

test('a newer program’s replaces an older one’s, and not the other way round', async () => {
  await placeSchema(workspace, 'scenario', '0.9.2');
  expect(await text()).toContain('Written by Crosstalk 0.9.2;');
  await placeSchema(workspace, 'scenario', '0.10.0');
  expect(await text()).toContain('Written by Crosstalk 0.10.0;');
  await placeSchema(workspace, 'scenario', '0.9.3');
  expect(await text()).toContain('Written by Crosstalk 0.10.0;');
  await writeFile(path(), 'something else');
  await refreshSchemas(workspace);
  expect(JSON.parse(await text())).toMatchObject({ title: 'Crosstalk scenario' });
});

test('a workspace without schemas is left alone, and one that cannot have them has files all the same', async () => {
  await refreshSchemas(workspace);
  expect(await readdir(workspace)).toEqual([]);
  await writeFile(join(workspace, '.crosstalk'), 'a file in the way');
  expect(await withSchemaLine('version: 1\n', 'scenario', { workspace })).toBe('version: 1\n');
});
