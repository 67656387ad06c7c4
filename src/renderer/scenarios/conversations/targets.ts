import { isPlainMap } from '../../document/plain.ts';
import type { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { environmentList } from '../../environments/environmentList.svelte.ts';

/** The names of the targets of a scenario's environment. */
export function targetsOf(document: YamlDocument): string[] {
  const environment = document.at(['environment']);
  if (isPlainMap(environment))
    return isPlainMap(environment.targets) ? Object.keys(environment.targets) : ['default'];
  const known = environmentList.find(typeof environment === 'string' ? environment : '');
  return known?.targets.map(({ name }) => name) ?? ['default'];
}
