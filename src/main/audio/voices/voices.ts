/** Every provider of speech behind one call. */
import { fail } from '#contract/errors';
import type { ProcessHost } from '../../processes/host.ts';
import { createOfflineVoice } from './offline/voice.ts';
import type { Voice, Voices } from './voice.ts';

export interface VoicesOptions {
  /** Where the offline voice's process is started, when it first has to speak. */
  processes: ProcessHost;
  /** Azure Speech; left out: its voices answer `not_configured`. */
  azure?: Voice & { close(): void };
}

/** Nothing is started or contacted before something is to be spoken. */
export function createVoices({ processes, azure }: VoicesOptions): Voices {
  const offline = createOfflineVoice(processes);
  return {
    async synthesise({ provider, text, voice, style, rate }, signal) {
      if (provider === 'offline') return await offline.synthesise(text, { name: voice, signal });
      if (azure === undefined)
        return fail('unavailable', 'not_configured', 'Azure Speech is not available here.');
      return await azure.synthesise(text, {
        name: voice,
        style: style ?? undefined,
        rate: rate ?? undefined,
        signal,
      });
    },
    async close() {
      azure?.close();
      await offline.close();
    },
  };
}
