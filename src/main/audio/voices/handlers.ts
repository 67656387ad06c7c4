/** Answers what screens ask about voices. */
import type { ApiHandlers } from '#contract/api/index';
import type { VoiceTest } from '#contract/api/voices';
import { ok } from '#contract/errors';
import { failedTest, type AzureSpeech } from './azure/azureSpeech.ts';
import { offlineVoiceList } from './offline/list.ts';
import type { Voices } from './voice.ts';

export interface VoiceHandlerOptions {
  voices: Voices;
  azure: AzureSpeech;
}

export function createVoiceHandlers({ voices, azure }: VoiceHandlerOptions): ApiHandlers['voices'] {
  const { configuration } = azure;
  return {
    async list({ provider, refresh }) {
      if (provider === 'azure') return await azure.list(refresh);
      return ok({ voices: [...offlineVoiceList], fetchedAt: null });
    },
    azure: async () => ok(await configuration.state()),
    setAzure: (input) => configuration.change(input),
    forgetAzureSecret: () => configuration.forget(),
    test: async ({ provider }) => ok(await (provider === 'azure' ? azure.test() : testOffline(voices))),
  };
}

async function testOffline(voices: Voices): Promise<VoiceTest> {
  const started = performance.now();
  const spoken = await voices.synthesise({
    text: 'Hello',
    provider: 'offline',
    voice: 'slt',
    style: null,
    rate: null,
  });
  const tookMs = performance.now() - started;
  if (!spoken.ok) return failedTest(spoken.error, tookMs);
  const count = offlineVoiceList.length;
  const message = `The offline voice spoke a word in ${Math.round(tookMs)} ms and has ${count} speakers.`;
  return { ok: true, code: 'ok', message, tookMs, voices: count };
}
