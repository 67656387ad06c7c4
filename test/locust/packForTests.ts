/** A pack of a bundled scenario, written as `crosstalk pack` writes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackInput } from '../../src/contract/api/packs.ts';
import { fail, ok } from '../../src/contract/errors.ts';
import type { Voices } from '../../src/main/audio/voices/voice.ts';
import { bundled } from '../../src/main/entries.ts';
import { PackService } from '../../src/main/packs/service.ts';

/** Nobody: the bundled scenarios are spoken already. */
const silent: Voices = {
  synthesise: () => Promise.resolve(fail('internal', 'no_voice', 'Nothing is to be spoken here')),
  close: () => Promise.resolve(),
};

/** Writes the pack of a scenario (left out: the practice run) into `home`; gives its folder. Rejects when it cannot be written. */
export async function packForTests(
  home: string,
  scenario = bundled('resources', 'scenarios', 'practice.yaml'),
  more: Partial<PackInput> = {},
): Promise<string> {
  const service = new PackService({
    voices: silent,
    sources: {
      scenario: (path) => Promise.resolve(ok({ path, yaml: readFileSync(path, 'utf8') })),
      conversation: () =>
        Promise.resolve(fail('not_found', 'unknown_conversation', 'There is no library here')),
      workspaceCache: join(home, 'audio_cache'),
    },
    packsFolder: join(home, 'packs'),
    madeBy: 'Crosstalk of the tests',
    onProgress: () => {},
  });
  const input: PackInput = { source: { kind: 'scenario', path: scenario }, purpose: 'locust', ...more };
  const written = await service.write(input, join(home, 'pack'));
  if (!written.ok) throw new Error(written.error.message);
  return written.value.path;
}
