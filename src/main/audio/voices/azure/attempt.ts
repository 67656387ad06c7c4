/** One attempt at something with Azure Speech: ended by its answer, by silence, or by the operator. */
import type { SpeechConfig, SpeechSynthesizer } from 'microsoft-cognitiveservices-speech-sdk';
import { samplesOf } from '#contract/audio/level';
import { toAppError, type AppError } from '#contract/errors';
import { cancelled, clipSampleRate } from '../voice.ts';
import { failureOf, hasNetwork, symptomOf, type Asked, type Symptom } from './failure.ts';
import type { Place } from './place.ts';
import { AttemptRequests } from './requests.ts';
import { configOf, loadSdk, type Credential, type SpeechSdk } from './sdk.ts';

/** A resource that can be asked. */
export interface AzureResource {
  place: Place;
  auth: 'key' | 'entra';
  credential: Credential;
}

/** Why an attempt came to nothing. */
export interface FailedAttempt {
  ok: false;
  error: AppError;
  /** Whether trying again may help. */
  retry: boolean;
  /** What the service said about when, ms; null: nothing. */
  retryAfterMs: number | null;
}

export type Attempt<T> = { ok: true; value: T } | FailedAttempt;

/** A voice as the service lists it. */
export interface ListedVoice {
  shortName: string;
  localName: string;
  displayName: string;
  locale: string;
  localeName: string;
  gender: 'female' | 'male' | 'neutral' | null;
  styles: string[];
}

export interface AttemptOptions {
  signal?: AbortSignal | undefined;
  /** Longest time without a sign of life, ms. */
  patienceMs: number;
}

/** Gives a connection this long to say goodbye, ms. */
const goodbyeMs = 1000;
/** The service cuts speech off at ten minutes. */
const longestSeconds = 599.5;

interface Talk<T> {
  requests: AttemptRequests;
  answered(value: T): void;
  failed(told: unknown): void;
  /** A sign of life: patience starts anew. */
  alive(): void;
}

async function attempt<T>(
  resource: AzureResource,
  which: 'speech' | 'list',
  voice: string | null,
  { signal, patienceMs }: AttemptOptions,
  work: (synthesizer: SpeechSynthesizer, sdk: SpeechSdk, talk: Talk<T>) => void,
): Promise<Attempt<T>> {
  const { place, auth, credential } = resource;
  const secret = 'key' in credential ? credential.key : credential.token;
  const address = place[which];
  const asked: Asked = {
    place: place.name,
    byRegion: address.by === 'region',
    auth,
    secret,
    voice,
    online: hasNetwork,
  };
  const requests = new AttemptRequests();
  const failed = (symptom: Symptom): Attempt<T> => ({
    ok: false,
    ...failureOf(symptom, asked),
    retryAfterMs: requests.retryAfterMs,
  });
  const givenUp = (): Attempt<T> => ({ ok: false, error: cancelled, retry: false, retryAfterMs: null });

  if (signal?.aborted) return givenUp();
  let sdk: SpeechSdk;
  let config: SpeechConfig;
  try {
    sdk = await loadSdk();
    config = configOf(sdk, address, credential);
  } catch (thrown) {
    return failed({ text: toAppError(thrown).message });
  }
  // Null: no audio device; the samples are in the answer.
  const synthesizer = new sdk.SpeechSynthesizer(config, null);
  return await new Promise((resolve) => {
    let settled = false;
    const settle = (result: Attempt<T>) => {
      if (settled) return;
      settled = true;
      clearTimeout(patience);
      signal?.removeEventListener('abort', abort);
      resolve(result);
      leave(synthesizer, requests);
    };
    const abort = () => settle(givenUp());
    const impatient = () => settle(failed({ text: '', silent: true }));
    let patience = setTimeout(impatient, patienceMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) return abort();
    requests.run(() => {
      try {
        work(synthesizer, sdk, {
          requests,
          answered: (value) => settle({ ok: true, value }),
          failed: (told) => settle(failed(symptomOf(told))),
          alive() {
            clearTimeout(patience);
            if (!settled) patience = setTimeout(impatient, patienceMs);
          },
        });
      } catch (thrown) {
        settle(failed(symptomOf(thrown)));
      }
    });
  });
}

/** Says goodbye; what has not left within a second is cut off, or it would keep the program from ending. */
function leave(synthesizer: SpeechSynthesizer, requests: AttemptRequests): void {
  const late = setTimeout(() => requests.destroy(), goodbyeMs);
  late.unref();
  const gone = () => {
    clearTimeout(late);
    requests.destroy();
  };
  try {
    synthesizer.close(gone, gone);
  } catch {
    // It closed itself, as it does after a call that it could not make.
    gone();
  }
}

/** Speaks SSML. 16-bit mono samples at 16 kHz. */
export async function speakOnce(
  resource: AzureResource,
  { ssml, voice }: { ssml: string; voice: string },
  options: AttemptOptions,
): Promise<Attempt<Int16Array>> {
  const spoken = await attempt<ArrayBuffer>(resource, 'speech', voice, options, (synthesizer, sdk, talk) => {
    synthesizer.synthesizing = () => talk.alive();
    // A connection that is closed politely in the middle of an answer is no failure to the SDK: it would wait for ever.
    // The end of the answer may have come in with the goodbye, and is looked at first.
    sdk.Connection.fromSynthesizer(synthesizer).disconnected = () => {
      talk.requests.refuseMore();
      setImmediate(() => talk.failed('websocket error code: 1000'));
    };
    synthesizer.speakSsmlAsync(
      ssml,
      (result) => {
        if (result.reason === sdk.ResultReason.SynthesizingAudioCompleted) talk.answered(result.audioData);
        else talk.failed(result.errorDetails);
      },
      (told) => talk.failed(told),
    );
  });
  if (!spoken.ok) return spoken;
  const samples = samplesOf(new Uint8Array(spoken.value));
  if (samples.length / clipSampleRate < longestSeconds) return { ok: true, value: samples };
  return {
    ok: false,
    retry: false,
    retryAfterMs: null,
    error: {
      kind: 'invalid_input',
      code: 'text_too_long',
      message:
        'Azure Speech cuts an utterance off at ten minutes, and this one is longer; split it into several turns.',
    },
  };
}

/** Asks for every voice of the resource. */
export async function listOnce(
  resource: AzureResource,
  options: AttemptOptions,
): Promise<Attempt<ListedVoice[]>> {
  return await attempt<ListedVoice[]>(resource, 'list', null, options, (synthesizer, sdk, talk) => {
    const { Female, Male, Neutral } = sdk.SynthesisVoiceGender;
    const genders = new Map<number, ListedVoice['gender']>([
      [Female, 'female'],
      [Male, 'male'],
      [Neutral, 'neutral'],
    ]);
    synthesizer.getVoicesAsync().then(
      (result) => {
        if (result.reason !== sdk.ResultReason.VoicesListRetrieved) return talk.failed(result.errorDetails);
        talk.answered(
          result.voices.map((voice) => ({
            shortName: voice.shortName,
            localName: voice.localName,
            displayName: voice.displayName,
            locale: voice.locale,
            localeName: voice.localeName,
            gender: genders.get(voice.gender) ?? null,
            styles: voice.styleList.filter((style) => style !== ''),
          })),
        );
      },
      (told: unknown) => talk.failed(told),
    );
  });
}
