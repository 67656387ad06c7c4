/** Which secrets the files of a workspace name, and where. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { placeholdersIn } from '#contract/scenario/placeholders';
import { environmentsIn } from '../environments/resolve.ts';
import { textsIn } from '../environments/values.ts';
import { parseYamlText, readScenarioText, valueOf } from '../scenarios/source.ts';

async function yamlFiles(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder, { withFileTypes: true });
    return files
      .filter((file) => !file.isDirectory() && /^[^.].*\.ya?ml$/i.test(file.name))
      .map((file) => file.name)
      .sort();
  } catch {
    return [];
  }
}

/** Names of secrets in a file, and what the file calls itself. One that cannot be read names none. */
async function secretsOf(path: string): Promise<{ called: string | null; names: string[] }> {
  const none = { called: null, names: [] };
  const text = await readScenarioText(path);
  if (!text.ok) return none;
  const parsed = parseYamlText(path, text.value);
  if (!('source' in parsed)) return none;
  const read = valueOf(parsed.source);
  if (!('value' in read)) return none;
  const { value } = read;
  const named = typeof value === 'object' && value !== null && 'name' in value ? value.name : null;
  const names = textsIn(value).flatMap((one) => placeholdersIn(one).found);
  return {
    called: typeof named === 'string' ? named : null,
    names: [...new Set(names.filter(({ kind }) => kind === 'secret').map(({ name }) => name))],
  };
}

/** For each secret the environments and scenarios of the workspace that use it, by name. */
export async function usedSecrets(workspace: string): Promise<Map<string, string[]>> {
  const used = new Map<string, string[]>();
  for (const folder of [environmentsIn(workspace), resolve(workspace)]) {
    for (const filename of await yamlFiles(folder)) {
      const { called, names } = await secretsOf(join(folder, filename));
      for (const name of names) used.set(name, [...(used.get(name) ?? []), called ?? filename]);
    }
  }
  return used;
}
