/**
 * Where a scenario is aimed: targets with everything needed to reach them, a guard, variables, and whether it is
 * production. Written in place in a scenario, or as a file of its own in the workspace's `environments` folder.
 */
import { z } from 'zod';
import { PositiveDuration } from '../quantities.ts';
import { headerName, HeaderName, Headers, HttpUrl, ProxyUrl, TargetUrl } from './addresses.ts';
import { Resources } from './resources.ts';
import { Count, Name, Path } from './words.ts';

/** How voice calls speak. */
export const protocols = ['acs'] as const;
export type ProtocolName = (typeof protocols)[number];

/** How a target is spoken to: a protocol of voice calls, or requests. */
export const targetProtocols = [...protocols, 'http', 'grpc'] as const;
export type TargetProtocol = (typeof targetProtocols)[number];

/** What an address without a protocol speaks, by its scheme. */
export function protocolOf(url: string): TargetProtocol {
  if (/^https?:/i.test(url)) return 'http';
  return /^grpcs?:/i.test(url) ? 'grpc' : 'acs';
}

/** How a caller identifies itself. Each becomes one header, or one parameter of the address. */
export const Auth = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('bearer').describe('A token in the header Authorization.'),
      token: z
        .string()
        .min(1, 'must not be empty')
        .describe('The token without "Bearer", best as ${secret:NAME}.'),
    }),
    z.strictObject({
      type: z.literal('basic').describe('A user and a password in the header Authorization.'),
      user: z.string().min(1, 'must not be empty').describe('The name of the user.'),
      password: z.string().describe('The password, best as ${secret:NAME}.'),
    }),
    z.strictObject({
      type: z.literal('header').describe('A key in a header of its own.'),
      name: HeaderName.describe('The name of the header, like x-api-key.'),
      value: z.string().min(1, 'must not be empty').describe('Its value, best as ${secret:NAME}.'),
    }),
    z.strictObject({
      type: z.literal('query').describe('A key in the address.'),
      name: z.string().min(1, 'must not be empty').describe('The name of the parameter.'),
      value: z.string().min(1, 'must not be empty').describe('Its value, best as ${secret:NAME}.'),
    }),
  ],
  { error: 'the type of auth must be bearer, basic, header or query' },
);
export type Auth = z.output<typeof Auth>;

/** `ca`, `cert` and `key` are PEM files. */
export const Tls = z
  .strictObject({
    verify: z
      .boolean()
      .default(true)
      .describe('Whether the certificate of the target must be valid; false is for tests only.'),
    ca: Path.optional().describe('PEM file of the authority that signed the certificate of the target.'),
    cert: Path.optional().describe('PEM file of the certificate that callers show.'),
    key: Path.optional().describe('PEM file of the key of that certificate.'),
    passphrase: z.string().optional().describe('Opens the key, best as ${secret:NAME}.'),
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), {
    message: 'a client certificate needs both "cert" and "key"',
  });
export type Tls = z.output<typeof Tls>;

const targetShape = {
  url: TargetUrl.meta({
    description:
      'Address of the agent (ws:// or wss://) or of a service: http://, https://, grpc:// or grpcs:// (with TLS).',
    examples: ['wss://host/api/v1/media/stream', 'https://host', 'grpcs://host:443'],
  }),
  protocol: z
    .enum(targetProtocols)
    .optional()
    .describe(
      'How it is spoken to: acs is the media streaming of Azure Communication Services; left out: by the address.',
    ),
  subprotocol: z
    .string()
    .regex(headerName, 'is not a name of a subprotocol')
    .optional()
    .describe('Offered in the WebSocket upgrade, before those of the protocol itself.'),
  headers: Headers.default({}).describe(
    'Sent with the upgrade; values may be ${env:NAME} and ${secret:NAME}.',
  ),
  auth: Auth.optional().describe('How callers identify themselves.'),
  tls: Tls.prefault({}).describe('Certificates of a wss:// address.'),
  proxy: ProxyUrl.optional().meta({
    description: 'HTTP proxy that calls go through.',
    examples: ['http://proxy:3128'],
  }),
};

/** An address says itself how it is spoken to, unless it is a placeholder. */
function spoken<T extends { url: string; protocol?: TargetProtocol | undefined }>(target: T): T {
  if (target.protocol !== undefined || target.url.startsWith('${')) return target;
  return { ...target, protocol: protocolOf(target.url) };
}

/** One address under test. */
export const Target = z.strictObject(targetShape).transform(spoken);
export type Target = z.output<typeof Target>;

/** What a health address must say before a run: each value at its path (`a.b`) of the JSON answer, or a text anywhere in it. */
export const Guard = z.strictObject({
  url: HttpUrl.meta({
    description: 'Address that is asked before every run, http:// or https://.',
    examples: ['https://host/health'],
  }),
  expect: z
    .union(
      [
        z.string().min(1, 'must not be empty'),
        z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      ],
      { error: 'must be a text, or a map like { app_env: test }' },
    )
    .describe(
      'What it must say: values at their places in its JSON, like { app_env: test }, or a text anywhere in it.',
    ),
  headers: Headers.default({}).describe('Sent with the question.'),
  timeout: PositiveDuration.default(5000).describe('How long its answer may take.'),
});
export type Guard = z.output<typeof Guard>;

/** Above so many users a run against production asks for the environment's name. */
export const defaultConfirmAbove = 10;

/** `production: true`, or with the number of users above which its name must be typed. */
export const Production = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        confirm_above: Count.default(defaultConfirmAbove).describe(
          'Runs of more users than this ask for the name of the environment.',
        ),
      }),
    ],
    {
      error: 'must be true, false, or { confirm_above: 10 }',
    },
  )
  .transform((value): { confirmAbove: number } | null =>
    value === false ? null : { confirmAbove: value === true ? defaultConfirmAbove : value.confirm_above },
  );

const environmentShape = {
  latency: z
    .enum(['live', 'mock'])
    .default('live')
    .describe('Whether the agent answers as in life or is a mock; picks the thresholds with that "when".'),
  /** What `${env:NAME}` stands for, before the process's own variables. */
  variables: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of a variable'), z.string())
    .default({})
    .describe('What ${env:NAME} stands for, before the variables of the process.'),
  guard: Guard.optional().describe(
    'Asked before every run: a run is refused unless it says what is expected.',
  ),
  production: Production.default(null).describe(
    'Marks production: true, or { confirm_above: N } users from which its name must be typed.',
  ),
  resources: Resources.optional().describe(
    'What is watched on this machine and at Prometheus endpoints while a run goes on.',
  ),
};

const noTargets = 'needs at least one target';
const Targets = z.record(Name, Target).refine((targets) => Object.keys(targets).length > 0, noTargets);

const NamedTargets = Targets.describe('Several addresses by name; a users entry chooses one with "target".');

/** An environment with its targets by name; one written in short has the target `default`. */
export interface Environment {
  targets: Record<string, Target>;
  latency: 'live' | 'mock';
  variables: Record<string, string>;
  guard?: Guard | undefined;
  production: { confirmAbove: number } | null;
  resources?: Resources | undefined;
}

type Shortened = z.output<z.ZodObject<typeof targetShape & typeof environmentShape>>;

function ofOneTarget(value: Shortened): Environment {
  const { latency, variables, guard, production, resources, ...target } = value;
  return { targets: { default: spoken(target) }, latency, variables, guard, production, resources };
}

/** An environment written in place: either one target's keys, or several named targets. */
export const InlineEnvironment = z.union([
  z.strictObject({ targets: NamedTargets, ...environmentShape }),
  z.strictObject({ ...targetShape, ...environmentShape }).transform(ofOneTarget),
]);
export type InlineEnvironment = z.output<typeof InlineEnvironment>;

/** The name that means "start the practice agent and aim at it". */
export const practiceEnvironment = 'practice';

/** Names become names of files, and stand on the command line. */
export const EnvironmentName = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/,
    'must begin with a letter or digit and hold only letters, digits, spaces, ".", "_" and "-" (at most 64)',
  )
  .refine((name) => name !== practiceEnvironment, '"practice" is the name of the built-in agent');

const fileHead = {
  version: z
    .literal(1, { error: 'must be 1, the version of the environment format this program reads' })
    .describe('Version of the environment format: 1.'),
  name: EnvironmentName.describe('What scenarios call it; its file has this name too.'),
  description: z
    .string()
    .max(2000, 'must be at most 2000 characters')
    .optional()
    .describe('What it is, for people.'),
};

type Head = z.output<z.ZodObject<typeof fileHead>>;

/** An environment as a file of its own, version 1. */
export const EnvironmentFile = z.union([
  z.strictObject({ ...fileHead, targets: NamedTargets, ...environmentShape }),
  z
    .strictObject({ ...fileHead, ...targetShape, ...environmentShape })
    .transform(({ version, name, description, ...rest }): Head & Environment => ({
      version,
      name,
      description,
      ...ofOneTarget(rest),
    })),
]);
export type EnvironmentFile = z.output<typeof EnvironmentFile>;
