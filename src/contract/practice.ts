/** Settings of the practice agent, as its flags and its file name them, and the ground truth it writes. */
import { z } from 'zod';
import { Duration, Level } from './quantities.ts';
import { defaultSpeechLevel } from './audio/level.ts';

const Probability = z.number().min(0).max(1).default(0);

/** A delay drawn anew for every turn from the agent's seed. */
export const Delay = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), value: Duration }),
  z.strictObject({ kind: z.literal('uniform'), min: Duration, max: Duration }),
  /** `median` and `sigma` of the underlying normal distribution; cut off at `max` when given. */
  z.strictObject({
    kind: z.literal('lognormal'),
    median: Duration,
    sigma: z.number().min(0).max(3).default(0.4),
    max: Duration.optional(),
  }),
]);
export type Delay = z.output<typeof Delay>;

export const PracticeFaults = z.strictObject({
  /** Chance that the upgrade is refused, and with which status. */
  refuse: Probability,
  refuse_status: z.union([z.literal(401), z.literal(429), z.literal(500), z.literal(503)]).default(503),
  /** Accepts the call and never says anything. */
  silent: Probability,
  /** Drops the call in the middle of an answer with this code (1006: the socket is destroyed). */
  drop: Probability,
  drop_code: z.union([z.literal(1000), z.literal(1006), z.literal(1011), z.literal(1013)]).default(1006),
  /** Sends a frame that is not JSON. */
  garbage: Probability,
  /** Adds `slow_by` to the answer delay. */
  slow: Probability,
  slow_by: Duration.default(3000),
  /** Does not answer this turn at all. */
  no_answer: Probability,
  /** Keeps talking when interrupted. */
  never_stop: Probability,
  /** Calls at once beyond which the upgrade is answered with 503; 0 is no limit. */
  capacity: z.number().int().min(0).default(0),
});

export const PracticeConfig = z.strictObject({
  seed: z.number().int().default(1),
  /** `snapshot`: capital keys, whole status envelopes, stop on every partial; `main`: lower-case keys, 40 ms frames, stop only while playing. */
  dialect: z.enum(['snapshot', 'main']).default('snapshot'),
  sample_rate: z.union([z.literal(16_000), z.literal(24_000)]).default(16_000),
  speech_level: Level.default(defaultSpeechLevel),
  /** Silence after the caller's last voiced frame that ends its turn. */
  endpointing: Duration.default(500),
  /** From the end of the caller's speech (its last voiced frame's arrival) to the first audio; never shorter than `endpointing`. */
  delay: Delay.prefault({ kind: 'lognormal', median: '750ms', sigma: 0.25, max: '3s' }),
  /** A server of finite capacity: with more calls at once than `strain_from` every answer comes later by `strain_by` for each of them; 0 is no limit. */
  strain_from: z.number().int().min(0).default(0),
  strain_by: Duration.default(50),
  /** Spoken answer: sentences with a gap between them; each sentence is sent as a burst or at the pace of speech. */
  sentences: z.number().int().min(1).max(20).default(2),
  sentence: Duration.default(1500),
  sentence_gap: Duration.default(120),
  pace: z.enum(['paced', 'burst']).default('burst'),
  /** Streams quiet frames whenever it is not speaking. */
  continuous: z.boolean().default(false),
  greeting: z.boolean().default(true),
  greeting_length: Duration.default(1200),
  /** From the call's set-up message to the greeting's first audio. */
  greeting_delay: Delay.prefault({ kind: 'uniform', min: '150ms', max: '300ms' }),
  transcripts: z.boolean().default(true),
  /** Share of turns that call a tool before the answer; the tool starts when the answer was due and adds `tool_time`. */
  tools: Probability,
  tool_time: Duration.default(400),
  /** A turn with a tool says one sentence first (at the answer's time), then calls the tool, then answers. */
  tool_preamble: z.boolean().default(false),
  /** From the onset of an interruption (its first voiced frame's arrival) to the stop. */
  stop_delay: Delay.prefault({ kind: 'uniform', min: '120ms', max: '260ms' }),
  /** Sends stops on every utterance even when nothing is playing, as a widely used server does. */
  idle_stops: z.boolean().default(true),
  /** Audio of the old answer that still goes out after a stop, in ms of audio. */
  audio_after_stop: Duration.default(0),
  faults: PracticeFaults.prefault({}),
});
export type PracticeConfig = z.output<typeof PracticeConfig>;
export type PracticeConfigInput = z.input<typeof PracticeConfig>;

/** What truly happened in one turn, in nanoseconds of `process.hrtime.bigint()` as text (`null`: did not happen). One JSON line each. */
export const TruthTurn = z.object({
  kind: z.literal('turn'),
  callId: z.string(),
  /** From 1: the caller's utterances in order. */
  turn: z.number().int(),
  onsetNs: z.string().nullable(),
  /** Arrival of the caller's first and last voiced frames, and their numbers (from 0) among the call's audio frames. */
  onsetFrame: z.number().int().nullable(),
  endOfSpeechNs: z.string().nullable(),
  endOfSpeechFrame: z.number().int().nullable(),
  firstMessageNs: z.string().nullable(),
  firstAudioNs: z.string().nullable(),
  lastAudioNs: z.string().nullable(),
  /** The interruption of this turn's answer: when its onset arrived and when the stop went out. */
  interruptedNs: z.string().nullable(),
  stopNs: z.string().nullable(),
  fault: z.string().nullable(),
  answered: z.boolean(),
});
export type TruthTurn = z.infer<typeof TruthTurn>;

/** Opening and end of a call, for `connect` and `greeting`. */
export const TruthCall = z.object({
  kind: z.literal('call'),
  callId: z.string(),
  /** The TCP connection was accepted; the upgrade was answered; the set-up message came; the greeting's first frame went out. */
  acceptedNs: z.string(),
  upgradedNs: z.string().nullable(),
  setupNs: z.string().nullable(),
  greetingNs: z.string().nullable(),
  closedNs: z.string().nullable(),
  closeCode: z.number().int().nullable(),
  framesReceived: z.number().int(),
  fault: z.string().nullable(),
});
export type TruthCall = z.infer<typeof TruthCall>;
export const TruthLine = z.discriminatedUnion('kind', [TruthTurn, TruthCall]);
export type TruthLine = z.infer<typeof TruthLine>;

/** Messages between the practice agent's process and whoever started it. */
export const PracticeReady = z.object({ type: z.literal('ready'), port: z.number().int(), url: z.string() });
export const PracticeFailed = z.object({ type: z.literal('failed'), message: z.string() });
/** Asks the agent to end its calls, write the rest of its log and exit. */
export const ToPractice = z.object({ type: z.literal('stop') });
export type ToPractice = z.infer<typeof ToPractice>;
export const FromPractice = z.discriminatedUnion('type', [PracticeReady, PracticeFailed]);
export type FromPractice = z.infer<typeof FromPractice>;
