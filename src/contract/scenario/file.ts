/**
 * The scenario file, version 1: the schema of everything an operator may write. Parsing gives a `ScenarioFile`
 * with every default filled in and every quantity as a number (milliseconds, dBFS, shares 0–1).
 */
import { z } from 'zod';
import { defaultAudibleLevel, defaultSpeechLevel } from '../audio/level.ts';
import { Duration, Level, PositiveDuration } from '../quantities.ts';
import { InlineEnvironment, practiceEnvironment } from './environment.ts';
import { Load } from './executors.ts';
import { Threshold } from './threshold.ts';
import { Count, Name, Path, PositiveInt, reserved, Share, Words } from './words.ts';

export {
  Auth,
  EnvironmentFile,
  Guard,
  InlineEnvironment,
  practiceEnvironment,
  protocols,
  Target,
  Tls,
  type Environment,
  type ProtocolName,
} from './environment.ts';
export { Load, Stage } from './executors.ts';
export { Threshold } from './threshold.ts';

/** Who speaks: a speaker of a provider. */
export const Voice = z.discriminatedUnion(
  'provider',
  [
    z.strictObject({
      provider: z.literal('offline'),
      name: z.enum(['slt', 'rms', 'awb', 'kal16']).default('slt'),
    }),
    z.strictObject({
      provider: z.literal('azure'),
      name: Name.default('en-US-JennyMultilingualNeural'),
      style: z.string().optional(),
      rate: z.string().optional(),
    }),
  ],
  { error: 'the provider of a voice must be offline or azure' },
);
export type Voice = z.output<typeof Voice>;

export const Timeouts = z.strictObject({
  connect: PositiveDuration.default(10_000),
  first_byte: PositiveDuration.default(5000),
  turn: PositiveDuration.default(12_000),
  barge_in: PositiveDuration.default(5000),
  quiet_tail: Duration.default(1500),
  quiet_gap: PositiveDuration.default(400),
  response_gap: PositiveDuration.default(1000),
});
export type Timeouts = z.output<typeof Timeouts>;

/** Those of one turn: what is absent is taken from its users entry, so nothing has a default here. */
const TurnTimeouts = z.strictObject({
  connect: PositiveDuration.optional(),
  first_byte: PositiveDuration.optional(),
  turn: PositiveDuration.optional(),
  barge_in: PositiveDuration.optional(),
  quiet_tail: Duration.optional(),
  quiet_gap: PositiveDuration.optional(),
  response_gap: PositiveDuration.optional(),
} satisfies Record<keyof Timeouts, z.ZodType>);

const BargeIn = z
  .strictObject({
    after: Duration.default(300),
    probability: Share.default(1),
    say: Words.optional(),
    clip: Path.optional(),
  })
  .refine((b) => b.say === undefined || b.clip === undefined, {
    message: 'an interruption has either "say" or "clip" of its own, not both',
  });

export const Turn = z
  .strictObject({
    name: Name.optional(),
    say: Words.optional(),
    clip: Path.optional(),
    voice: Voice.optional(),
    pause_before: Duration.optional(),
    timeouts: TurnTimeouts.optional(),
    barge_in: BargeIn.optional(),
    wait: reserved('wait'),
    dtmf: reserved('dtmf'),
    expect: reserved('expect'),
  })
  .refine((turn) => (turn.say === undefined) !== (turn.clip === undefined), {
    message: 'a turn needs either "say" (words to speak) or "clip" (an audio file), not both',
  });
export type Turn = z.output<typeof Turn>;

export const Conversation = z
  .strictObject({
    name: Name,
    weight: z.number().positive('must be above 0').default(1),
    voice: Voice.prefault({ provider: 'offline' }),
    turns: z.array(Turn).min(1, 'needs at least one turn').optional(),
    clips: Path.optional(),
  })
  .refine((c) => (c.turns === undefined) !== (c.clips === undefined), {
    message: 'a conversation needs either "turns" or "clips" (a folder of .pcm and .wav files), not both',
  });
export type Conversation = z.output<typeof Conversation>;

export const VoiceUser = z.strictObject({
  kind: z.literal('voice', {
    error: ({ input }) =>
      input === 'http' || input === 'grpc'
        ? `the kind ${input} is not supported yet; it must be voice`
        : `must be voice, not ${JSON.stringify(input)}`,
  }),
  name: Name.default('callers'),
  weight: z.number().positive('must be above 0').default(1),
  target: Name.default('default'),
  conversations: z.array(Conversation).min(1, 'needs at least one conversation'),
  turns_per_call: PositiveInt.max(10_000, 'must be at most 10000').optional(),
  calls_per_user: z.union([z.literal('forever'), PositiveInt]).default('forever'),
  greeting: z.enum(['wait', 'ignore']).default('wait'),
  silence: z.enum(['continuous', 'tail']).default('continuous'),
  pause_between_turns: Duration.default(500),
  timeouts: Timeouts.prefault({}),
  markers: z
    .strictObject({
      response: z.array(z.string().min(1)).default([]),
      end: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  reconnect: z.strictObject({ attempts: Count.default(3), backoff: Duration.default(500) }).prefault({}),
  benign_close_codes: z.array(z.number().int().min(1000).max(4999)).default([1000, 1001]),
  /** Its own load, when the scenario has none for all; `weight` then says nothing. */
  load: Load.optional(),
  /** How long after the start of the run its own load begins. */
  start_after: Duration.default(0),
});
export type VoiceUser = z.output<typeof VoiceUser>;

/** `chunk` in the file is the length of a frame on the wire. */
export const AudioSettings = z.strictObject({
  sample_rate: z
    .union([z.literal(16_000), z.literal(24_000)], { error: 'must be 16000 or 24000' })
    .default(16_000),
  channels: z.literal(1, { error: 'must be 1: calls are mono' }).default(1),
  sample_width: z.literal(2, { error: 'must be 2: samples are 16-bit' }).default(2),
  chunk: Duration.refine(
    (ms) => ms >= 10 && ms <= 200 && ms % 10 === 0,
    'must be a multiple of 10ms from 10ms to 200ms',
  ).default(20),
  max_chunks: PositiveInt.nullable().default(null),
  cache: Path.optional(),
  speech_level: Level.default(defaultSpeechLevel),
  audible_level: Level.default(defaultAudibleLevel),
});
export type AudioSettings = z.output<typeof AudioSettings>;

export const Period = z
  .strictObject({ name: Name, from: Duration, to: PositiveDuration })
  .refine((p) => p.to > p.from, { message: '"to" must be later than "from"', path: ['to'] });

export const ScenarioFile = z.strictObject({
  version: z.literal(1, { error: 'must be 1, the version of the scenario format this program reads' }),
  name: Name,
  seed: z
    .number()
    .int('must be a whole number')
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  environment: z
    .union([Name, InlineEnvironment], {
      error: 'must be the name of an environment, or { url: wss://host/path }',
    })
    .default(practiceEnvironment),
  audio: AudioSettings.prefault({}),
  users: z.array(VoiceUser).min(1, 'needs at least one entry'),
  /** One for all users by weight; left out when each users entry has its own. */
  load: Load.optional(),
  warm_up: Duration.default(0),
  periods: z.array(Period).default([]),
  thresholds: z.array(Threshold).default([]),
});
/** A parsed scenario: all defaults filled in, all quantities numbers. */
export type ScenarioFile = z.output<typeof ScenarioFile>;
