/** What `bench:services` asks of the practice agent's services: every request with a name that both sides note. */
import type { z } from 'zod';
import type { PracticeServices } from '../../../src/contract/practice.ts';

export type ServiceSettings = z.input<typeof PracticeServices>;

/** Quick enough that a few seconds hold many of each. */
export const serviceSettings: ServiceSettings = {
  hash_cost: '1ms',
  first_token: { kind: 'uniform', min: '20ms', max: '60ms' },
  token_pace: { kind: 'fixed', value: '5ms' },
  tokens: 8,
  final_result: { kind: 'uniform', min: '20ms', max: '60ms' },
  first_audio: { kind: 'uniform', min: '20ms', max: '60ms' },
  speech_speed: 4,
};

/** Both sides' code is compiled by then. */
const warmUpMs = 6000;

export const requestHeader = 'x-crosstalk-request';

/** The name of a request as its step writes it, and as it is found again. */
export function nameOf(step: string, vu: number | string, iteration: number | string): string {
  return `${step}#${vu}#${iteration}`;
}

const template = (step: string) => nameOf(step, '${vu}', '${iteration}');
const marked = (step: string) => ({ name: step, headers: { [requestHeader]: template(step) } });
const called = (step: string) => ({ name: step, metadata: { [requestHeader]: template(step) } });

export type Only = 'http' | 'grpc' | null;

/** `users` of each kind; each asks a few times a second. `only`: those of HTTP or of gRPC; null: all. */
export function servicesScenario(users: number, durationMs: number, seed: number, only: Only): object {
  const wait = { from: '20ms', to: '80ms' };
  const load = { users, spawn_rate: Math.max(1, users / 2), duration: `${warmUpMs + durationMs}ms` };
  const bearer = { authorization: 'Bearer ${token}' };
  const account = { username: 'user-${vu}', password: 'practice' };
  return {
    version: 1,
    name: 'services bench',
    seed,
    environment: 'practice',
    warm_up: `${warmUpMs}ms`,
    users: [
      { kind: 'http', name: 'get', wait, load, steps: [{ get: '/api/health', ...marked('HTTP GET') }] },
      {
        kind: 'http',
        name: 'chat',
        wait,
        load,
        on_start: [
          { post: '/api/auth/register', json: account, checks: [{ status: [201, 409] }] },
          { post: '/api/auth/login-json', json: account, extract: { token: '$.access_token' } },
          { post: '/api/sessions', headers: bearer, extract: { session: '$.id' } },
        ],
        steps: [
          {
            post: '/api/chat/stream',
            json: { session_id: '${session}', message: 'Hello' },
            stream: { format: 'sse', token: '$.token', done: '[DONE]' },
            name: 'chat stream',
            headers: { ...bearer, [requestHeader]: template('chat stream') },
          },
        ],
      },
      {
        kind: 'grpc',
        name: 'unary',
        wait,
        load,
        steps: [
          {
            rpc: 'june.llm.LanguageModel/Generate',
            message: { prompt: 'Hello', max_tokens: 1 },
            ...called('gRPC unary'),
          },
        ],
      },
      {
        kind: 'grpc',
        name: 'speech',
        wait,
        load,
        steps: [
          {
            rpc: 'june.tts.TextToSpeech/StreamSynthesize',
            message: { text: 'Your balance is up to date.' },
            first_audio: 'audio_content',
            ...called('text to speech'),
          },
          {
            rpc: 'june.stt.SpeechToText/StreamingRecognize',
            audio: {
              say: 'Hi there, I have a quick question',
              field: 'audio_content',
              chunk: '100ms',
            },
            ...called('speech to text'),
          },
        ],
      },
    ].filter(({ kind }) => only === null || kind === only),
  };
}
