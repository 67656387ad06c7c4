/**
 * The scenario file, version 1: the schema of everything an operator may write. Parsing gives a `ScenarioFile`
 * with every default filled in and every quantity as a number (milliseconds, dBFS, shares 0–1).
 */
import { z } from 'zod';
import { defaultAudibleLevel, defaultSpeechLevel } from '../audio/level.ts';
import { defaultCondition, metricKind, metricNames, statistics } from '../metrics.ts';
import { maskUrl } from '../secrets.ts';
import { Duration, Level, parseDuration, parseShare, PositiveDuration } from '../quantities.ts';

/** A key of the agreed format that this version does not act on: it parses, and says so. */
function reserved(name: string) {
  return z
    .unknown()
    .optional()
    .refine((value) => value === undefined, `"${name}" is not supported yet; remove it for now`);
}

const Name = z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
const Path = z.string().trim().min(1, 'must not be empty');
const Words = z.string().trim().min(1, 'must not be empty').max(5000, 'must be at most 5000 characters');
const Share = z.number().min(0, 'must be between 0 and 1').max(1, 'must be between 0 and 1');
const PositiveInt = z.number().int('must be a whole number').min(1, 'must be at least 1');
const Count = z.number().int('must be a whole number').min(0, 'must not be negative');

export const protocols = ['acs'] as const;
export type ProtocolName = (typeof protocols)[number];

/** A WebSocket address; `${env:…}` and `${secret:…}` stand in it until run time. */
const WebSocketUrl = z.string().superRefine((written, ctx) => {
  if (written.startsWith('${')) return;
  const shown = JSON.stringify(maskUrl(written));
  const value = written.replaceAll(/\$\{[^}]*\}/g, 'x');
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+([/?#]\S*)?$/i.test(value)) {
    ctx.addIssue({
      code: 'custom',
      message: `${shown} is not a URL; write it like wss://host/path`,
    });
  } else if (!/^wss?:/i.test(value)) {
    ctx.addIssue({ code: 'custom', message: `${shown} must start with ws:// or wss://` });
  } else if (value.includes('#')) {
    ctx.addIssue({
      code: 'custom',
      message: `${shown} must not have a # part: WebSocket addresses have none`,
    });
  }
});

const targetShape = {
  url: WebSocketUrl,
  protocol: z.enum(protocols).default('acs'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name'), z.string())
    .default({}),
  auth: reserved('auth'),
  tls: z.strictObject({ verify: z.boolean().default(true), ca: Path.optional() }).prefault({}),
  proxy: reserved('proxy'),
};

/** One address under test. */
export const Target = z.strictObject(targetShape);
export type Target = z.output<typeof Target>;

/** An environment written in place: either one target's keys, or several named targets. */
export const InlineEnvironment = z.union([
  z.strictObject({ targets: z.record(Name, Target), latency: z.enum(['live', 'mock']).default('live') }),
  z
    .strictObject({ ...targetShape, latency: z.enum(['live', 'mock']).default('live') })
    .transform(({ latency, ...target }): { targets: Record<string, Target>; latency: 'live' | 'mock' } => ({
      targets: { default: target },
      latency,
    })),
]);
export type InlineEnvironment = z.output<typeof InlineEnvironment>;

/** The name that means "start the practice agent and aim at it". */
export const practiceEnvironment = 'practice';

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

/** Beyond these a number is a slip of the pen: no machine holds as many calls, no run takes as long. */
const mostUsers = 100_000;
const longestLoadMs = 31 * 24 * 3_600_000;
const Users = PositiveInt.max(mostUsers, `must be at most ${mostUsers}`);
const RampTarget = Count.max(mostUsers, `must be at most ${mostUsers}`);
const LoadDuration = PositiveDuration.refine((ms) => ms <= longestLoadMs, 'must be at most 744h (31 days)');

/** One entry of a ramp: how many, reached over how long. */
export const Stage = z.strictObject({
  target: RampTarget,
  duration: Duration.refine((ms) => ms <= longestLoadMs, 'must be at most 744h (31 days)'),
});

const graceful = { graceful_stop: Duration.default(30_000) };

/** Executors of the agreed format that are still to come, so that the message can say so. */
export const plannedExecutors = [
  'constant-arrival-rate',
  'ramping-arrival-rate',
  'shared-iterations',
  'per-vu-iterations',
  'breaking-point',
] as const;
export const executors = ['constant-vus', 'ramping-vus'] as const;

const ShortLoad = z.strictObject({
  users: Users,
  spawn_rate: z.number().positive('must be above 0').optional(),
  duration: LoadDuration,
  ...graceful,
});
const ConstantVus = z.strictObject({
  executor: z.literal('constant-vus'),
  users: Users,
  duration: LoadDuration,
  ...graceful,
});
const RampingVus = z.strictObject({
  executor: z.literal('ramping-vus'),
  start_users: RampTarget.default(0),
  stages: z.array(Stage).min(1, 'needs at least one stage'),
  ...graceful,
});

/** What stands after `executor:` when it is none of those supported. */
function executorProblem(load: unknown): string {
  const given: unknown =
    typeof load === 'object' && load !== null && 'executor' in load ? load.executor : load;
  const planned = plannedExecutors.find((name) => name === given);
  const supported = executors.join(' or ');
  return planned === undefined
    ? `${JSON.stringify(given)} is not an executor; it must be ${supported}, or left out for the short form (users, spawn_rate, duration)`
    : `the executor ${planned} is not supported yet; use ${supported}`;
}

export const Load = z.union(
  [
    ShortLoad,
    z.discriminatedUnion('executor', [ConstantVus, RampingVus], {
      error: (issue) => executorProblem(issue.input),
    }),
  ],
  { error: 'must be a load like { users: 20, spawn_rate: 5, duration: 5m }, or one with an executor' },
);
export type Load = z.output<typeof Load>;

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
  load: reserved('load'),
  start_after: reserved('start_after'),
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

/** A limit as written (`2s`, `98%`, a number for counts) → milliseconds, share or count, by the metric's kind. */
function limit(
  metric: (typeof metricNames)[number],
  stat: (typeof statistics)[number],
  value: string | number,
): number | string {
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'latency') {
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    return (
      ms ?? `${JSON.stringify(value)} is not a duration; ${metric} is compared with a time like 2s or 500ms`
    );
  }
  if (kind === 'rate') {
    const share = typeof value === 'string' ? parseShare(value) : value;
    return share !== null && share >= 0 && share <= 1
      ? share
      : `${JSON.stringify(value)} is not a share; ${metric} is compared with a percentage like 98%`;
  }
  return typeof value === 'number'
    ? value
    : `${JSON.stringify(value)} is not a number; ${metric} is compared with a count`;
}

export const Threshold = z
  .strictObject({
    metric: z.enum(metricNames),
    stat: z.enum(statistics),
    condition: z.enum(['above', 'below']).optional(),
    target: z.union([z.string(), z.number()]),
    acceptable: z.union([z.string(), z.number()]).optional(),
    where: z
      .strictObject({
        turn: PositiveInt.optional(),
        conversation: Name.optional(),
        user: Name.optional(),
        step: reserved('step'),
        phase: reserved('phase'),
        period: Name.optional(),
      })
      .optional(),
    after: Duration.default(0),
    abort: z.boolean().default(false),
    when: z.enum(['live', 'mock']).optional(),
    enabled: z.boolean().default(true),
  })
  .transform((row, ctx) => {
    const wrong = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    const kind = metricKind(row.metric);
    if (kind === 'rate' && row.stat !== 'rate') {
      wrong('stat', `${row.metric} is a rate: its stat must be "rate"`);
      return z.NEVER;
    }
    if (kind === 'count' && row.stat !== 'count') {
      wrong('stat', `${row.metric} is a count: its stat must be "count"`);
      return z.NEVER;
    }
    if (kind === 'latency' && row.stat === 'rate') {
      wrong(
        'stat',
        `${row.metric} is a time: its stat must be one of ${statistics.filter((s) => s !== 'rate').join(', ')}`,
      );
      return z.NEVER;
    }
    const target = limit(row.metric, row.stat, row.target);
    const acceptable = limit(row.metric, row.stat, row.acceptable ?? row.target);
    if (typeof target === 'string') wrong('target', target);
    if (typeof acceptable === 'string') wrong('acceptable', acceptable);
    if (typeof target === 'string' || typeof acceptable === 'string') return z.NEVER;
    const condition = row.condition ?? defaultCondition(row.metric);
    if (condition === 'below' ? acceptable < target : acceptable > target) {
      wrong(
        'acceptable',
        `must be ${condition === 'below' ? 'at least' : 'at most'} the target, or the target could never be missed`,
      );
      return z.NEVER;
    }
    return { ...row, target, acceptable, condition };
  });
export type Threshold = z.output<typeof Threshold>;

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
  load: Load,
  warm_up: Duration.default(0),
  periods: z.array(Period).default([]),
  thresholds: z.array(Threshold).default([]),
});
/** A parsed scenario: all defaults filled in, all quantities numbers. */
export type ScenarioFile = z.output<typeof ScenarioFile>;
