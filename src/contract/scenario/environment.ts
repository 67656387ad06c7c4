/**
 * Where a scenario is aimed: targets with everything needed to reach them, a guard, variables, and whether it is
 * production. Written in place in a scenario, or as a file of its own in the workspace's `environments` folder.
 */
import { z } from 'zod';
import { PositiveDuration } from '../quantities.ts';
import { maskUrl } from '../secrets.ts';
import { Count, Name, Path } from './words.ts';

export const protocols = ['acs'] as const;
export type ProtocolName = (typeof protocols)[number];

/** An address of one of some schemes; `${env:…}` and `${secret:…}` stand in it until run time. */
function address(schemes: readonly string[], example: string) {
  const allowed = schemes.map((scheme) => `${scheme}://`).join(' or ');
  return z.string().superRefine((written, ctx) => {
    if (written.startsWith('${')) return;
    const shown = JSON.stringify(maskUrl(written));
    const value = written.replaceAll(/\$\{[^}]*\}/g, 'x');
    const wrong = (message: string) => ctx.addIssue({ code: 'custom', message: `${shown} ${message}` });
    if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+([/?#]\S*)?$/i.test(value))
      wrong(`is not a URL; write it like ${example}`);
    else if (!schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}:`)))
      wrong(`must start with ${allowed}`);
    else if (value.includes('#')) wrong('must not have a # part: WebSocket addresses have none');
  });
}

const WebSocketUrl = address(['ws', 'wss'], 'wss://host/path');
const HttpUrl = address(['http', 'https'], 'https://host/health');
/** An HTTP proxy that is asked to CONNECT; user and password may stand in its address. */
const ProxyUrl = address(['http', 'https'], 'http://proxy:3128');

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HeaderName = z.string().regex(headerName, 'is not a header name');
const Headers = z.record(HeaderName, z.string());

/** How a caller identifies itself. Each becomes one header, or one parameter of the address. */
export const Auth = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('bearer'), token: z.string().min(1, 'must not be empty') }),
    z.strictObject({
      type: z.literal('basic'),
      user: z.string().min(1, 'must not be empty'),
      password: z.string(),
    }),
    z.strictObject({
      type: z.literal('header'),
      name: HeaderName,
      value: z.string().min(1, 'must not be empty'),
    }),
    z.strictObject({
      type: z.literal('query'),
      name: z.string().min(1, 'must not be empty'),
      value: z.string().min(1, 'must not be empty'),
    }),
  ],
  { error: 'the type of auth must be bearer, basic, header or query' },
);
export type Auth = z.output<typeof Auth>;

/** `ca`, `cert` and `key` are PEM files. */
export const Tls = z
  .strictObject({
    verify: z.boolean().default(true),
    ca: Path.optional(),
    cert: Path.optional(),
    key: Path.optional(),
    passphrase: z.string().optional(),
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), {
    message: 'a client certificate needs both "cert" and "key"',
  });
export type Tls = z.output<typeof Tls>;

const targetShape = {
  url: WebSocketUrl,
  protocol: z.enum(protocols).default('acs'),
  /** Offered in the upgrade, before those of the protocol itself. */
  subprotocol: z.string().regex(headerName, 'is not a name of a subprotocol').optional(),
  headers: Headers.default({}),
  auth: Auth.optional(),
  tls: Tls.prefault({}),
  proxy: ProxyUrl.optional(),
};

/** One address under test. */
export const Target = z.strictObject(targetShape);
export type Target = z.output<typeof Target>;

/** What a health address must say before a run: each value at its path (`a.b`) of the JSON answer, or a text anywhere in it. */
export const Guard = z.strictObject({
  url: HttpUrl,
  expect: z.union(
    [
      z.string().min(1, 'must not be empty'),
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    ],
    { error: 'must be a text, or a map like { app_env: test }' },
  ),
  headers: Headers.default({}),
  timeout: PositiveDuration.default(5000),
});
export type Guard = z.output<typeof Guard>;

/** Above so many users a run against production asks for the environment's name. */
export const defaultConfirmAbove = 10;

/** `production: true`, or with the number of users above which its name must be typed. */
export const Production = z
  .union([z.boolean(), z.strictObject({ confirm_above: Count.default(defaultConfirmAbove) })], {
    error: 'must be true, false, or { confirm_above: 10 }',
  })
  .transform((value): { confirmAbove: number } | null =>
    value === false ? null : { confirmAbove: value === true ? defaultConfirmAbove : value.confirm_above },
  );

const environmentShape = {
  latency: z.enum(['live', 'mock']).default('live'),
  /** What `${env:NAME}` stands for, before the process's own variables. */
  variables: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of a variable'), z.string())
    .default({}),
  guard: Guard.optional(),
  production: Production.default(null),
};

const noTargets = 'needs at least one target';
const Targets = z.record(Name, Target).refine((targets) => Object.keys(targets).length > 0, noTargets);

/** An environment with its targets by name; one written in short has the target `default`. */
export interface Environment {
  targets: Record<string, Target>;
  latency: 'live' | 'mock';
  variables: Record<string, string>;
  guard?: Guard | undefined;
  production: { confirmAbove: number } | null;
}

type Shortened = z.output<z.ZodObject<typeof targetShape & typeof environmentShape>>;

function ofOneTarget(value: Shortened): Environment {
  const { latency, variables, guard, production, ...target } = value;
  return { targets: { default: target }, latency, variables, guard, production };
}

/** An environment written in place: either one target's keys, or several named targets. */
export const InlineEnvironment = z.union([
  z.strictObject({ targets: Targets, ...environmentShape }),
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
  version: z.literal(1, { error: 'must be 1, the version of the environment format this program reads' }),
  name: EnvironmentName,
  description: z.string().max(2000, 'must be at most 2000 characters').optional(),
};

type Head = z.output<z.ZodObject<typeof fileHead>>;

/** An environment as a file of its own, version 1. */
export const EnvironmentFile = z.union([
  z.strictObject({ ...fileHead, targets: Targets, ...environmentShape }),
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
