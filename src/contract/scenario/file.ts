/**
 * The scenario file, version 1: the schema of everything an operator may write. Parsing gives a `ScenarioFile`
 * with every default filled in and every quantity as a number (milliseconds, dBFS, shares 0–1).
 */
import { z } from 'zod';
import { defaultAudibleLevel, defaultSpeechLevel } from '../audio/level.ts';
import { Duration, Level, PositiveDuration } from '../quantities.ts';
import { InlineEnvironment, practiceEnvironment } from './environment.ts';
import { Load, ownLoadShape } from './executors.ts';
import { GrpcStage, GrpcUser } from './grpc.ts';
import { HttpStage, HttpUser } from './http.ts';
import { Threshold } from './threshold.ts';
import { Voice } from './voice.ts';
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
export { GrpcStage, GrpcUser, RpcAudio, RpcGroup, RpcStep, RpcTask } from './grpc.ts';
export { HttpGroup, HttpStage, HttpStep, HttpTask, HttpUser } from './http.ts';
export { Threshold } from './threshold.ts';
export { Voice } from './voice.ts';

/** What an editor says of each. */
const timeoutWords = {
  connect: 'How long a connection may take to be made.',
  first_byte: 'How long the first audio of an answer may take after the end of an utterance.',
  turn: 'How long an answer may take altogether.',
  barge_in: 'How long the agent may take to fall silent when it is interrupted.',
  quiet_tail: 'How much silence follows an utterance where silence is "tail".',
  quiet_gap: 'Silence after which the agent counts as having stopped.',
  response_gap: 'Silence after which an answer counts as over.',
};

export const Timeouts = z.strictObject({
  connect: PositiveDuration.default(10_000).describe(timeoutWords.connect),
  first_byte: PositiveDuration.default(5000).describe(timeoutWords.first_byte),
  turn: PositiveDuration.default(12_000).describe(timeoutWords.turn),
  barge_in: PositiveDuration.default(5000).describe(timeoutWords.barge_in),
  quiet_tail: Duration.default(1500).describe(timeoutWords.quiet_tail),
  quiet_gap: PositiveDuration.default(400).describe(timeoutWords.quiet_gap),
  response_gap: PositiveDuration.default(1000).describe(timeoutWords.response_gap),
});
export type Timeouts = z.output<typeof Timeouts>;

/** Those of one turn: what is absent is taken from its users entry, so nothing has a default here. */
const TurnTimeouts = z.strictObject({
  connect: PositiveDuration.optional().describe(timeoutWords.connect),
  first_byte: PositiveDuration.optional().describe(timeoutWords.first_byte),
  turn: PositiveDuration.optional().describe(timeoutWords.turn),
  barge_in: PositiveDuration.optional().describe(timeoutWords.barge_in),
  quiet_tail: Duration.optional().describe(timeoutWords.quiet_tail),
  quiet_gap: PositiveDuration.optional().describe(timeoutWords.quiet_gap),
  response_gap: PositiveDuration.optional().describe(timeoutWords.response_gap),
} satisfies Record<keyof Timeouts, z.ZodType>);

const BargeIn = z
  .strictObject({
    after: Duration.default(300).describe('How long after the first audio of the answer it is interrupted.'),
    probability: Share.default(1).describe('In what share of calls, 0 to 1.'),
    say: Words.optional().describe('Words that interrupt; left out: the next turn does.'),
    clip: Path.optional().describe('An audio file that interrupts; left out: the next turn does.'),
  })
  .refine((b) => b.say === undefined || b.clip === undefined, {
    message: 'an interruption has either "say" or "clip" of its own, not both',
  });

export const Turn = z
  .strictObject({
    name: Name.optional().describe('What results call it; left out: its number.'),
    say: Words.optional().describe('What the caller says, spoken by a voice.'),
    clip: Path.optional().describe(
      'An audio file to say instead: WAV or raw PCM, 16 kHz, 16-bit, mono. Relative to this file.',
    ),
    voice: Voice.optional().describe('Who speaks this turn; left out: the voice of the conversation.'),
    pause_before: Duration.optional().describe(
      'How long the caller waits before it; left out: pause_between_turns.',
    ),
    timeouts: TurnTimeouts.optional().describe('Other timeouts for this turn.'),
    barge_in: BargeIn.optional().describe('Interrupts the answer to this turn.'),
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
    name: Name.describe('What results call it.'),
    weight: z
      .number()
      .positive('must be above 0')
      .default(1)
      .describe('How often it is chosen, compared with the others.'),
    voice: Voice.prefault({ provider: 'offline' }).describe('Who speaks.'),
    turns: z
      .array(Turn)
      .min(1, 'needs at least one turn')
      .optional()
      .describe('What the caller says, one utterance after the other.'),
    clips: Path.optional().describe(
      'A folder whose audio files are said in the order of their names, instead of turns.',
    ),
  })
  .refine((c) => (c.turns === undefined) !== (c.clips === undefined), {
    message: 'a conversation needs either "turns" or "clips" (a folder of .pcm and .wav files), not both',
  });
export type Conversation = z.output<typeof Conversation>;

export const VoiceUser = z.strictObject({
  kind: z.literal('voice').describe('What they are: voice, callers who speak.'),
  name: Name.default('callers').describe('What results call them.'),
  weight: z
    .number()
    .positive('must be above 0')
    .default(1)
    .describe('Their share of the users or arrivals, compared with the other entries.'),
  target: Name.default('default').describe('Which of the targets of the environment they call.'),
  conversations: z
    .array(Conversation)
    .min(1, 'needs at least one conversation')
    .describe('What callers say; each call is one of them.'),
  turns_per_call: PositiveInt.max(10_000, 'must be at most 10000')
    .optional()
    .describe('Turns of a call; more than the conversation has: it begins again. Left out: all of it.'),
  calls_per_user: z
    .union([z.literal('forever'), PositiveInt])
    .default('forever')
    .describe('Calls that a user makes one after the other.'),
  greeting: z
    .enum(['wait', 'ignore'])
    .default('wait')
    .describe('Whether a caller lets the agent greet before it speaks.'),
  silence: z
    .enum(['continuous', 'tail'])
    .default('continuous')
    .describe(
      'What is sent between utterances: quiet frames like a real microphone, or only for quiet_tail.',
    ),
  pause_between_turns: Duration.default(500).describe('How long a caller waits after an answer.'),
  timeouts: Timeouts.prefault({}).describe('How long things may take, and what silence means.'),
  markers: z
    .strictObject({
      response: z.array(z.string().min(1)).default([]).describe('Words of a message that begin an answer.'),
      end: z.array(z.string().min(1)).default([]).describe('Words of a message that end an answer.'),
    })
    .prefault({})
    .describe('Words in the messages of the agent that mark an answer, where its protocol has none.'),
  reconnect: z
    .strictObject({
      attempts: Count.default(3).describe('How often at most; 0: never.'),
      backoff: Duration.default(500).describe('How long to wait before, doubled each time.'),
    })
    .prefault({})
    .describe('What happens when a connection cannot be made or breaks.'),
  benign_close_codes: z
    .array(z.number().int().min(1000).max(4999))
    .default([1000, 1001])
    .describe('Codes with which the agent may end a call without it being an error.'),
  ...ownLoadShape,
});
export type VoiceUser = z.output<typeof VoiceUser>;

export const userKinds = ['voice', 'http', 'grpc'] as const;
export type UserKind = (typeof userKinds)[number];

/** Who puts load on a target: callers who speak, or clients that make requests. */
export const User = z.discriminatedUnion('kind', [VoiceUser, HttpUser, GrpcUser], {
  error: 'the kind of a users entry must be voice, http or grpc',
});
export type User = z.output<typeof User>;
export type RequestUser = HttpUser | GrpcUser;

/** What runs once before the load, or after it. */
export const Stages = z.array(
  z.discriminatedUnion('kind', [HttpStage, GrpcStage], {
    error: 'the kind of a stage must be http or grpc',
  }),
);
export type SetupStage = z.output<typeof Stages>[number];

/** `chunk` in the file is the length of a frame on the wire. */
export const AudioSettings = z.strictObject({
  sample_rate: z
    .union([z.literal(16_000), z.literal(24_000)], { error: 'must be 16000 or 24000' })
    .default(16_000)
    .describe('Samples a second on the wire.'),
  channels: z.literal(1, { error: 'must be 1: calls are mono' }).default(1).describe('Calls are mono: 1.'),
  sample_width: z
    .literal(2, { error: 'must be 2: samples are 16-bit' })
    .default(2)
    .describe('Bytes of a sample: 2.'),
  chunk: Duration.refine(
    (ms) => ms >= 10 && ms <= 200 && ms % 10 === 0,
    'must be a multiple of 10ms from 10ms to 200ms',
  )
    .default(20)
    .describe('Length of a frame on the wire.'),
  max_chunks: PositiveInt.nullable()
    .default(null)
    .describe('Only so many frames of each utterance are said; null: all of it.'),
  cache: Path.optional().describe(
    'A folder of clips that is searched first; left out: audio_cache beside this file.',
  ),
  speech_level: Level.default(defaultSpeechLevel).describe('From this level on a caller counts as speaking.'),
  audible_level: Level.default(defaultAudibleLevel).describe('From this level on the agent is heard.'),
});
export type AudioSettings = z.output<typeof AudioSettings>;

export const Period = z
  .strictObject({
    name: Name.describe('What results call it.'),
    from: Duration.describe('Its beginning, after the start of the run.'),
    to: PositiveDuration.describe('Its end, after the start of the run.'),
  })
  .refine((p) => p.to > p.from, { message: '"to" must be later than "from"', path: ['to'] });

export const ScenarioFile = z.strictObject({
  version: z
    .literal(1, { error: 'must be 1, the version of the scenario format this program reads' })
    .describe('Version of the scenario format: 1.'),
  name: Name.describe('What lists and results call it.'),
  seed: z
    .number()
    .int('must be a whole number')
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .describe('Drives every choice by chance, so that runs can be compared; left out: drawn anew each time.'),
  environment: z
    .union([Name, InlineEnvironment], {
      error: 'must be the name of an environment, or { url: wss://host/path }',
    })
    .default(practiceEnvironment)
    .describe(
      'Where it is aimed: practice (the built-in agent), the name of an environment, or an address in place.',
    ),
  audio: AudioSettings.prefault({}).describe('How speech is sent and heard.'),
  users: z.array(User).min(1, 'needs at least one entry').describe('Who calls.'),
  setup: Stages.default([]).describe('Runs once before the load; when it fails, the load does not begin.'),
  teardown: Stages.default([]).describe('Runs once after the load, however it ended.'),
  load: Load.optional().describe(
    'How many call, and when; left out when each users entry has a load of its own.',
  ),
  warm_up: Duration.default(0).describe('What is measured before counts nowhere.'),
  periods: z.array(Period).default([]).describe('Named stretches of a run, to compare with each other.'),
  thresholds: z.array(Threshold).default([]).describe('What decides whether a run passes.'),
});
/** A parsed scenario: all defaults filled in, all quantities numbers. */
export type ScenarioFile = z.output<typeof ScenarioFile>;
