/** Settings of the practice agent, as its flags and its file name them, and the ground truth it writes. */
import { z } from 'zod';
import { Duration, Level, PositiveDuration } from './quantities.ts';
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

/** What goes wrong at the services, by chance and drawn for each request. */
export const ServiceFaults = z.strictObject({
  /** Answers with `error_status`; gRPC with INTERNAL (500), UNAVAILABLE (503) or RESOURCE_EXHAUSTED (429). */
  error: Probability,
  error_status: z.union([z.literal(429), z.literal(500), z.literal(503)]).default(503),
  /** Adds `slow_by` to the answer. */
  slow: Probability,
  slow_by: Duration.default(3000),
  /** Cuts the connection in the middle of an answer. */
  reset: Probability,
  /** Answers with a body that is not JSON, or a message that cannot be read. */
  garbage: Probability,
  /** Answers nothing at all for so long, every `stall_every`, counted from the first request; 0: never. */
  stall_for: Duration.default(0),
  stall_every: PositiveDuration.default(10_000),
  /** Requests at once beyond which one is refused with 503 or RESOURCE_EXHAUSTED; 0 is no limit. */
  capacity: z.number().int().min(0).default(0),
});
export type ServiceFaults = z.output<typeof ServiceFaults>;

/** The services around the agent: clients behind a cache, accounts, sessions and chat over HTTP; STT, TTS and LLM over gRPC. */
export const PracticeServices = z.strictObject({
  /** What the delays below are where they are left out: `mock` is fast, `live` has the slow tail of real models. */
  profile: z.enum(['mock', 'live']).default('mock'),
  /** How long the lists of clients and plans are kept once they were fetched, and what fetching them takes. */
  cache_ttl: Duration.default(60_000),
  cold: Delay.prefault({ kind: 'lognormal', median: '710ms', sigma: 0.32, max: '3s' }),
  /** An answer out of the cache. */
  warm: Delay.prefault({ kind: 'lognormal', median: '4ms', sigma: 0.3, max: '50ms' }),
  /** Every request that finds the cache empty fetches for itself, instead of waiting for the one that does. */
  stampede: z.boolean().default(false),
  /** What the salted hash of a password costs when registering and logging in. */
  hash_cost: Duration.default(40),
  /** Of chat and the language model: from the request to the first token, between two tokens, and how many. */
  first_token: Delay.optional(),
  token_pace: Delay.optional(),
  tokens: z.number().int().min(1).max(10_000).optional(),
  /** Speech to text: from the end of the stream to the transcript. */
  final_result: Delay.optional(),
  /** Text to speech: from the request to the first audio. */
  first_audio: Delay.optional(),
  /** How many times faster than it is spoken speech is streamed; 0: all at once. */
  speech_speed: z.number().min(0).max(1000).default(4),
  faults: ServiceFaults.prefault({}),
});
export type PracticeServices = z.output<typeof PracticeServices>;

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
  services: PracticeServices.prefault({}),
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

/** One request of the services. */
export const TruthRequest = z.object({
  kind: z.literal('request'),
  /** The header (or metadata) `x-crosstalk-request`; without one: method, path and arrival. */
  id: z.string(),
  /** HTTP's method, or `grpc`. */
  method: z.string(),
  /** Without its query; of gRPC `/package.Service/Method`. */
  path: z.string(),
  /** Its head was read; all of it was read. */
  arrivedNs: z.string(),
  receivedNs: z.string().nullable(),
  /** Handed to the socket: the first byte of the answer, its first and last token or audio, its end. */
  firstByteNs: z.string().nullable(),
  firstTokenNs: z.string().nullable(),
  lastTokenNs: z.string().nullable(),
  endNs: z.string().nullable(),
  /** HTTP's status, or gRPC's code; null: it was not answered. */
  status: z.number().int().nullable(),
  fault: z.string().nullable(),
});
export type TruthRequest = z.infer<typeof TruthRequest>;
export const TruthLine = z.discriminatedUnion('kind', [TruthTurn, TruthCall, TruthRequest]);
export type TruthLine = z.infer<typeof TruthLine>;

/** Messages between the practice agent's process and whoever started it. */
export const PracticeReady = z.object({
  type: z.literal('ready'),
  port: z.number().int(),
  url: z.string(),
  /** `http://127.0.0.1:port` and `grpc://127.0.0.1:port`. */
  services: z.object({ http: z.string(), grpc: z.string() }),
});
export type ServiceUrls = z.infer<typeof PracticeReady>['services'];
export const PracticeFailed = z.object({ type: z.literal('failed'), message: z.string() });
/** Asks the agent to end its calls, write the rest of its log and exit. */
export const ToPractice = z.object({ type: z.literal('stop') });
export type ToPractice = z.infer<typeof ToPractice>;
export const FromPractice = z.discriminatedUnion('type', [PracticeReady, PracticeFailed]);
export type FromPractice = z.infer<typeof FromPractice>;
