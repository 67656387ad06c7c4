/** Data and .proto files that presets name: they go with a scenario that is made of one. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPresets, leadingComment } from './presets.ts';

/** What presets name lies in these folders beside them; a .proto file comes with those it imports. */
const folders = ['data', 'protos'];

/** Those of `folders` that the preset this text was made of names; a preset is known by the comment it begins with. */
async function namedBy(yaml: string, presets: string): Promise<string[]> {
  const comment = leadingComment(yaml.replace(/^# yaml-language-server:.*\n/, ''));
  if (comment === '') return [];
  for (const file of (await readdir(presets)).filter((name) => /\.ya?ml$/.test(name))) {
    const preset = await readFile(join(presets, file), 'utf8');
    if (leadingComment(preset) === comment) return folders.filter((name) => yaml.includes(`${name}/`));
  }
  return [];
}

/**
 * Copies what a new scenario needs of its preset's files into the folder it is in; files that are there stay as they
 * are. Rejects when the disk refuses.
 */
export async function bringPresetFiles(
  yaml: string,
  folder: string,
  presets: string = bundledPresets(),
): Promise<void> {
  for (const name of await namedBy(yaml, presets))
    await cp(join(presets, name), join(folder, name), { recursive: true, force: false });
}
