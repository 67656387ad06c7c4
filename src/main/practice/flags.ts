/** The practice agent's settings as flags: one for each key, and how its value is read. */
import { fail, ok, type Result } from '#contract/errors';
import type { PracticeConfigInput } from '#contract/practice';
import { parseShare } from '#contract/quantities';
import { delayForms, parseDelay } from './delayText.ts';

type Reading = 'text' | 'number' | 'share' | 'delay' | 'switch';

type Services = NonNullable<PracticeConfigInput['services']>;

export interface Flag<Key extends string = string> {
  key: Key;
  value: string;
  reading: Reading;
  help: string;
}

/** Of the agent itself. */
export const agentFlags: readonly Flag<Exclude<keyof PracticeConfigInput, 'faults' | 'services'>>[] = [
  { key: 'seed', value: 'N', reading: 'number', help: 'drives every random choice (default 1)' },
  {
    key: 'dialect',
    value: 'NAME',
    reading: 'text',
    help: 'snapshot or main: which of the two message formats in the field',
  },
  { key: 'sample_rate', value: 'HZ', reading: 'number', help: '16000 or 24000' },
  {
    key: 'speech_level',
    value: 'LEVEL',
    reading: 'text',
    help: 'from where on the caller is speaking (default -45dBFS)',
  },
  {
    key: 'endpointing',
    value: 'TIME',
    reading: 'text',
    help: 'silence that ends the caller’s turn (default 500ms)',
  },
  { key: 'delay', value: 'DELAY', reading: 'delay', help: `end of speech to first audio: ${delayForms}` },
  {
    key: 'strain_from',
    value: 'N',
    reading: 'number',
    help: 'calls at once beyond which answers come later (default 0: never)',
  },
  {
    key: 'strain_by',
    value: 'TIME',
    reading: 'text',
    help: 'how much later for each call beyond (default 50ms)',
  },
  { key: 'sentences', value: 'N', reading: 'number', help: 'sentences of an answer (default 2)' },
  { key: 'sentence', value: 'TIME', reading: 'text', help: 'length of a sentence (default 1500ms)' },
  { key: 'sentence_gap', value: 'TIME', reading: 'text', help: 'between sentences (default 120ms)' },
  { key: 'pace', value: 'PACE', reading: 'text', help: 'burst (a sentence at once) or paced (as spoken)' },
  { key: 'continuous', value: '', reading: 'switch', help: 'stream quiet frames when it is not speaking' },
  { key: 'greeting', value: '', reading: 'switch', help: 'speak first (default)' },
  { key: 'greeting_length', value: 'TIME', reading: 'text', help: 'length of the greeting (default 1200ms)' },
  { key: 'greeting_delay', value: 'DELAY', reading: 'delay', help: 'call set-up to greeting' },
  { key: 'transcripts', value: '', reading: 'switch', help: 'send transcripts and texts (default)' },
  { key: 'tools', value: 'SHARE', reading: 'share', help: 'share of turns that call a tool first, like 30%' },
  { key: 'tool_time', value: 'TIME', reading: 'text', help: 'how long a tool takes (default 400ms)' },
  { key: 'tool_preamble', value: '', reading: 'switch', help: 'say a sentence before a tool' },
  { key: 'stop_delay', value: 'DELAY', reading: 'delay', help: 'onset of an interruption to the stop' },
  {
    key: 'idle_stops',
    value: '',
    reading: 'switch',
    help: 'send stops even when nothing plays (default; snapshot only)',
  },
  {
    key: 'audio_after_stop',
    value: 'TIME',
    reading: 'text',
    help: 'audio of the old answer that follows a stop (default 0s)',
  },
];

/** Of the services around it. */
export const serviceFlags: readonly Flag<Exclude<keyof Services, 'faults'>>[] = [
  {
    key: 'profile',
    value: 'NAME',
    reading: 'text',
    help: 'services: mock (fast, default) or live (with the slow tail of real models)',
  },
  {
    key: 'cache_ttl',
    value: 'TIME',
    reading: 'text',
    help: 'services: how long clients and plans stay in the cache (default 60s)',
  },
  { key: 'cold', value: 'DELAY', reading: 'delay', help: 'services: what fetching them takes (about 750ms)' },
  { key: 'warm', value: 'DELAY', reading: 'delay', help: 'services: an answer out of the cache (about 4ms)' },
  {
    key: 'stampede',
    value: '',
    reading: 'switch',
    help: 'services: every request that finds the cache empty fetches for itself',
  },
  { key: 'hash_cost', value: 'TIME', reading: 'text', help: 'services: hash of a password (default 40ms)' },
  {
    key: 'first_token',
    value: 'DELAY',
    reading: 'delay',
    help: 'services: chat and LLM, to the first token',
  },
  { key: 'token_pace', value: 'DELAY', reading: 'delay', help: 'services: between two tokens' },
  { key: 'tokens', value: 'N', reading: 'number', help: 'services: tokens of an answer' },
  {
    key: 'final_result',
    value: 'DELAY',
    reading: 'delay',
    help: 'services: STT, from the end of the audio to the transcript',
  },
  { key: 'first_audio', value: 'DELAY', reading: 'delay', help: 'services: TTS, to the first audio' },
  {
    key: 'speech_speed',
    value: 'N',
    reading: 'number',
    help: 'services: TTS, times faster than spoken (default 4; 0: at once)',
  },
];

/** As it is written. */
export function flagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`;
}

/** The name commander keeps an option under. */
export function optionOf(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A flag's value as a setting. */
export function readFlag(reading: Reading, given: unknown): Result<unknown> {
  if (reading === 'switch') return ok(given === true);
  const text = String(given);
  switch (reading) {
    case 'number':
      return readNumber(text);
    case 'share':
      return readShare(text);
    case 'delay':
      return parseDelay(text);
    case 'text':
      return ok(text);
  }
}

/** A number. */
export function readNumber(text: string): Result<number> {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return ok(value);
  return fail('invalid_input', 'number', `${JSON.stringify(text)} is not a number`);
}

/** A share: `10%` or `0.1`. */
export function readShare(text: string): Result<number> {
  const value = parseShare(text) ?? Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return ok(value);
  return fail('invalid_input', 'share', `${JSON.stringify(text)} is not a share; write 10% or 0.1`);
}
