/** A pack service with a voice of its own that hums, for tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackInput, PackProgress } from '#contract/api/packs';
import { fail, ok } from '#contract/errors';
import { clipSampleRate, type Voices } from '../audio/voices/voice.ts';
import { createLibrary, type Library } from '../conversations/library.ts';
import { PackService } from './service.ts';

export interface PackBench {
  service: PackService;
  library: Library;
  progress: PackProgress[];
  /** What was spoken. */
  spoken: string[];
  /** Told of each utterance before it is spoken; what it returns is waited for. */
  beforeSpeaking: (text: string) => Promise<void>;
}

/** Half a second of a hum for every word. */
function hum(text: string): Int16Array {
  const samples = new Int16Array(text.split(' ').length * (clipSampleRate / 2));
  return samples.map((_, i) => Math.round(8000 * Math.sin(i / 8)));
}

/** A service whose workspace lies in `home`; any scenario may be read. */
export function packBench(home: string): PackBench {
  const bench: Omit<PackBench, 'service'> = {
    library: createLibrary({ workspace: home }),
    progress: [],
    spoken: [],
    beforeSpeaking: () => Promise.resolve(),
  };
  const voices: Voices = {
    async synthesise({ text }, signal) {
      await bench.beforeSpeaking(text);
      if (signal?.aborted === true) return fail('refused', 'cancelled', 'Speaking was cancelled.');
      bench.spoken.push(text);
      return ok(hum(text));
    },
    close: () => Promise.resolve(),
  };
  const service = new PackService({
    voices,
    sources: {
      scenario: (path) => Promise.resolve(ok({ path, yaml: readFileSync(path, 'utf8') })),
      conversation: (id) => bench.library.get(id),
      workspaceCache: join(home, 'audio_cache'),
    },
    packsFolder: join(home, 'packs'),
    madeBy: 'Crosstalk of the tests',
    onProgress: (progress) => bench.progress.push(progress),
  });
  return Object.assign(bench, { service });
}

/** The input of a pack of a scenario. */
export function packOf(path: string, more: Partial<PackInput> = {}): PackInput {
  return {
    source: { kind: 'scenario', path },
    purpose: 'azure',
    url: 'wss://agent.example.com/call',
    ...more,
  };
}
