import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bringPresetFiles } from './presetFiles.ts';
import { listPresets } from './presets.ts';

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crosstalk-preset-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function yamlOf(id: string): Promise<string> {
  const presets = await listPresets();
  return (presets.ok ? presets.value : []).find((one) => one.id === id)?.yaml ?? '';
}

test('data and .proto files go with a scenario made of a preset, whatever it is called', async () => {
  const folder = await temporary();
  await bringPresetFiles((await yamlOf('chat-smoke')).replace('name: Chat smoke', 'name: Mine'), folder);
  expect(await readdir(folder)).toEqual(['data']);
  expect(JSON.parse(await readFile(join(folder, 'data', 'users.json'), 'utf8'))).toHaveLength(100);
  await bringPresetFiles(`# yaml-language-server: $schema=x\n${await yamlOf('june-services')}`, folder);
  expect(await readdir(join(folder, 'protos'))).toEqual(['june', 'june.proto']);
});

test('files that are there stay, and no other scenario gets any', async () => {
  const folder = await temporary();
  await bringPresetFiles(await yamlOf('smoke'), folder);
  await bringPresetFiles('version: 1\ndata: [{ file: data/users.json }]\n', folder);
  expect(await readdir(folder)).toEqual([]);
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'users.json'), '[]');
  await bringPresetFiles(await yamlOf('chat-smoke'), folder);
  expect(await readFile(join(folder, 'data', 'users.json'), 'utf8')).toBe('[]');
});
