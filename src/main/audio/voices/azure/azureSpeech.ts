/** Azure Speech as the application sees it: a voice, its list of voices, how it is reached, and whether that works. */
import type { VoiceInfo, VoiceTest } from '#contract/api/voices';
import { fail, type AppError, type Result } from '#contract/errors';
import type { SecretStore } from '../../../secrets/secretStore.ts';
import type { SettingsStore } from '../../../settings/settings.ts';
import type { Voice } from '../voice.ts';
import { speakOnce } from './attempt.ts';
import { createAzureConfiguration, type AzureConfiguration } from './configuration.ts';
import { usualRetries, withRetries, type RetryPolicy } from './retry.ts';
import { ssmlOf } from './ssml.ts';
import { createAzureVoiceList, type AzureVoiceList } from './voiceList.ts';

export const defaultAzureVoice = 'en-US-JennyMultilingualNeural';

export interface AzureSpeechOptions {
  settings: SettingsStore;
  secrets: SecretStore;
  /** Whose `AZURE_SPEECH_…` win over what was typed in. */
  env: Record<string, string | undefined>;
  /** Where lists of voices are kept. */
  voicesFile: string;
  retries?: RetryPolicy;
  /** Longest time without a sign of life, ms. */
  patienceMs?: number;
  now?: () => Date;
}

export interface AzureSpeech extends Voice {
  configuration: AzureConfiguration;
  list: AzureVoiceList['get'];
  /** Lists the voices and speaks one word, without trying again: the answer is about now. */
  test(): Promise<VoiceTest>;
  /** Gives up whatever is going on. */
  close(): void;
}

/** Contacts nothing before it is asked to. */
export function createAzureSpeech(options: AzureSpeechOptions): AzureSpeech {
  const { settings, secrets, env, voicesFile, retries = usualRetries, patienceMs = 20_000, now } = options;
  const configuration = createAzureConfiguration({ settings, secrets, env, now });
  const list = createAzureVoiceList({ file: voicesFile, configuration, retries, patienceMs, now });
  const ending = new AbortController();
  const until = (signal: AbortSignal | undefined) =>
    signal === undefined ? ending.signal : AbortSignal.any([ending.signal, signal]);

  async function testNow(): Promise<Result<{ voices: VoiceInfo[]; place: string; spokenMs: number }>> {
    const resource = await configuration.resource();
    if (!resource.ok) return resource;
    const once = { ...retries, attempts: 1 };
    const listed = await list.fetch(resource.value, once, ending.signal);
    if (!listed.ok) return listed;
    const { voices } = listed.value;
    const voice = (voices.find(({ name }) => name === defaultAzureVoice) ?? voices[0])?.name;
    const place = resource.value.place.name;
    if (voice === undefined)
      return fail('unavailable', 'no_voices', `Azure Speech (${place}) lists no voices.`);
    const ssml = ssmlOf({ text: 'Hello', voice });
    if (!ssml.ok) return ssml;
    const started = performance.now();
    const attempt = () =>
      speakOnce(resource.value, { ssml: ssml.value, voice }, { signal: ending.signal, patienceMs });
    const spoken = await withRetries(attempt, once, ending.signal);
    if (!spoken.ok) return spoken;
    if (spoken.value.length === 0) return saidNothing('Hello', voice);
    return { ok: true, value: { voices, place, spokenMs: performance.now() - started } };
  }

  return {
    configuration,
    list: (refresh, signal) => list.get(refresh, until(signal)),

    async synthesise(text, { name, style, rate, signal }) {
      const ssml = ssmlOf({ text, voice: name, style, rate });
      if (!ssml.ok) return ssml;
      const giveUp = until(signal);
      const attempt = async () => {
        // Anew each time: a token may have been replaced while waiting.
        const resource = await configuration.resource();
        if (!resource.ok) return { ...resource, retry: false, retryAfterMs: null };
        return await speakOnce(
          resource.value,
          { ssml: ssml.value, voice: name },
          { signal: giveUp, patienceMs },
        );
      };
      const spoken = await withRetries(attempt, retries, giveUp);
      return spoken.ok && spoken.value.length === 0 ? saidNothing(text, name) : spoken;
    },

    async test() {
      const started = performance.now();
      const result = await testNow();
      const tookMs = performance.now() - started;
      if (!result.ok) return failedTest(result.error, tookMs);
      const { voices, place, spokenMs } = result.value;
      const message = `Azure Speech (${place}) spoke a word in ${Math.round(spokenMs)} ms and has ${voices.length} voices.`;
      return { ok: true, code: 'ok', message, tookMs, voices: voices.length };
    },

    close: () => ending.abort(),
  };
}

/** A failure as the answer of a test. */
export function failedTest({ code, message }: AppError, tookMs: number): VoiceTest {
  return { ok: false, code, message, tookMs, voices: null };
}

function saidNothing(text: string, voice: string): Result<never> {
  const what = JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
  return fail(
    'invalid_input',
    'nothing_said',
    `${voice} says nothing for ${what}; check that the words are in its language, or give the turn a clip.`,
  );
}
