/**
 * What requests of http and grpc users have in common: variables, data, values taken from responses, checks, waits.
 * In every text of a step `${name}` and `${name.field}` stand for variables and data, `${env:NAME}` and `${secret:NAME}`
 * for what is filled in when a run starts; `$${` is a plain `${`.
 */
import { z } from 'zod';
import { Duration, PositiveDuration } from '../quantities.ts';
import { Count, Name, Path, PositiveInt, Share } from './words.ts';

/** Names that are there without being declared: the user's number, its iteration (both from 1), and a fresh UUID. */
export const builtInVariables = ['vu', 'iteration', 'uuid'] as const;

export const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of a variable: letters, digits and _ only')
  .refine((name) => !(builtInVariables as readonly string[]).includes(name), 'is there already');

/** A JSON path (RFC 9535), like `$.items[0].id`. */
export const JsonPath = z.string().regex(/^\$/, 'is not a JSON path; it begins with $, like $.items[0].id');

const Plain = z.union([z.string(), z.number(), z.boolean()]);

/** What a variable is; drawn anew for every iteration. */
export const Variable = z.union(
  [
    Plain,
    z
      .strictObject({
        choice: z.array(Plain).min(1, 'needs at least one value').describe('One of these by chance.'),
        weights: z
          .array(z.number().positive('must be above 0'))
          .optional()
          .describe('How often each is chosen, compared with the others.'),
      })
      .refine((v) => v.weights === undefined || v.weights.length === v.choice.length, {
        message: 'needs as many weights as values',
        path: ['weights'],
      }),
    z.strictObject({
      random: z
        .strictObject({
          from: z.number().int().describe('The lowest.'),
          to: z.number().int().describe('The highest.'),
        })
        .refine((r) => r.to >= r.from, { message: 'must not be below "from"', path: ['to'] })
        .describe('A whole number by chance, both ends included.'),
    }),
    z.strictObject({
      sequence: z
        .strictObject({
          from: z.number().int().default(1).describe('The first number.'),
          step: z.number().int().default(1).describe('How much it grows with each iteration.'),
        })
        .describe('Counts on with every iteration of this user.'),
    }),
  ],
  { error: 'must be a value, or { choice: […] }, { random: { from, to } } or { sequence: { from, step } }' },
);
export type Variable = z.output<typeof Variable>;
export const Variables = z.record(VariableName, Variable);

export const feedOrders = ['per_user', 'sequential', 'random'] as const;

/** Rows of data; `${name.field}` in a step is a field of the row of this iteration. */
export const Feed = z
  .strictObject({
    name: VariableName.describe('What steps call its row, like user in ${user.name}.'),
    file: Path.optional().describe(
      'JSON (an array of objects) or CSV (with a header). Relative to this file.',
    ),
    rows: z
      .array(z.record(z.string(), z.unknown()))
      .min(1, 'needs at least one row')
      .optional()
      .describe('The rows in place, instead of a file.'),
    at: JsonPath.optional().describe(
      'Where the array stands in the JSON file; left out: the file is the array.',
    ),
    order: z
      .enum(feedOrders)
      .default('per_user')
      .describe(
        'per_user: each user keeps its own row; sequential: the next row for each iteration, over all users; random: any.',
      ),
  })
  .refine((feed) => (feed.file === undefined) !== (feed.rows === undefined), {
    message: 'needs either "file" or "rows", not both',
  });
export type Feed = z.output<typeof Feed>;

const span = z
  .strictObject({
    from: Duration.describe('The shortest.'),
    to: Duration.describe('The longest; any time between the two is as likely.'),
  })
  .refine((wait) => wait.to >= wait.from, { message: 'must not be shorter than "from"', path: ['to'] });

/** A time, or any between two: `1s`, `{ from: 1s, to: 3s }`. */
export const Wait = z
  .union([Duration, span], { error: 'must be a time like 1s, or { from: 1s, to: 3s }' })
  .transform((value): { from: number; to: number } =>
    typeof value === 'number' ? { from: value, to: value } : value,
  );
export type Wait = z.output<typeof Wait>;

const fallback = z
  .unknown()
  .optional()
  .describe('Its value where nothing is found; left out: the request fails.');

/** Where a value of a response stands. Nothing there fails the request, unless there is a `default`. */
export const Extract = z
  .union(
    [
      JsonPath,
      z.strictObject({
        json: JsonPath.describe('Where it stands in the JSON body, or in the message.'),
        default: fallback,
      }),
      z.strictObject({
        header: z.string().min(1).describe('The header (or metadata) that holds it.'),
        default: fallback,
      }),
      z.strictObject({
        cookie: z.string().min(1).describe('The cookie that holds it, as the response sets it.'),
        default: fallback,
      }),
      z.strictObject({
        regex: z.string().min(1).describe('A regular expression searched in the body.'),
        group: Count.default(1).describe('Which group of it; 0: all of what was found.'),
        default: fallback,
      }),
    ],
    {
      error: 'must be a JSON path like $.id, or one of { json }, { header }, { cookie } and { regex, group }',
    },
  )
  .transform((value) => (typeof value === 'string' ? { json: value } : value));
export type Extract = z.output<typeof Extract>;
export const Extracts = z.record(VariableName, Extract);

const comparisons = {
  equals: z.unknown().optional().describe('Exactly this.'),
  contains: z.string().optional().describe('Holds this text.'),
  matches: z.string().optional().describe('Fits this regular expression.'),
  exists: z.boolean().optional().describe('Whether it is there at all.'),
  above: z.number().optional().describe('A number above this.'),
  below: z.number().optional().describe('A number below this.'),
};

const statusSentence = 'must be a status like 200, a class like 2xx, or a list of them';
const StatusClass = z.string().regex(/^[1-5]xx$/, statusSentence);
export const HttpStatuses = z.union(
  [
    z.number().int().min(100).max(599),
    StatusClass,
    z.array(z.union([z.number().int().min(100).max(599), StatusClass])).min(1),
  ],
  { error: statusSentence },
);

const checkName = { name: Name.optional().describe('What results call it; left out: what it says.') };

/** What a response must be. One that is not fails its request, and is counted by its name. */
export const Check = z.union(
  [
    z.strictObject({
      ...checkName,
      status: HttpStatuses.describe('Statuses that are right; without such a check: below 400.'),
    }),
    z.strictObject({
      ...checkName,
      grpc_status: z
        .union([z.string(), z.array(z.string()).min(1)])
        .describe('Names of gRPC statuses that are right, like NOT_FOUND; without such a check: OK.'),
    }),
    z.strictObject({
      ...checkName,
      json: JsonPath.describe('A value of the JSON body, or of the message.'),
      ...comparisons,
    }),
    z.strictObject({
      ...checkName,
      header: z.string().min(1).describe('A header (or metadata) by name.'),
      ...comparisons,
    }),
    z.strictObject({ ...checkName, body: z.strictObject(comparisons).describe('The whole body as text.') }),
  ],
  { error: 'must have one of status, grpc_status, json, header and body' },
);
export type Check = z.output<typeof Check>;

/** Why a request may be made again: a status, or how it failed. */
export const retryCauses = ['connect', 'reset', 'timeout'] as const;
export const Retries = z.strictObject({
  attempts: Count.max(20, 'must be at most 20')
    .default(0)
    .describe('How often at most beyond the first; 0: never.'),
  backoff: Duration.default(500).describe('How long to wait before, doubled each time.'),
  on: z
    .array(z.union([z.enum(retryCauses), z.number().int().min(0).max(599), z.string()]))
    .default([...retryCauses, 429, 502, 503, 504])
    .describe('Statuses (of gRPC by name, like UNAVAILABLE), and connect, reset or timeout.'),
});
export type Retries = z.output<typeof Retries>;

/** Keys of every step, whatever it sends. */
export const stepShape = {
  name: Name.optional().describe('What results call it; left out: its method and address, as written.'),
  phase: Name.optional().describe('A tag, like auth or chat; thresholds may be of one phase.'),
  checks: z.array(Check).default([]).describe('What the response must be.'),
  extract: Extracts.default({}).describe('Values of the response that later steps use.'),
  retries: Retries.optional().describe(
    'Whether it is made again when it fails; left out: as its users entry says.',
  ),
  on_failure: z
    .enum(['end', 'continue'])
    .default('end')
    .describe('When it fails: the iteration ends, or goes on with the next step.'),
  pause_after: Wait.optional().describe('How long to wait after it, within the iteration.'),
};

export const groupShape = {
  group: Name.describe('What results call these steps together.'),
  phase: Name.optional().describe('The phase of every step that has none of its own.'),
  repeat: z
    .union([
      PositiveInt.max(10_000),
      z.strictObject({
        from: PositiveInt.describe('At least so often.'),
        to: PositiveInt.max(10_000).describe('At most so often.'),
      }),
    ])
    .default(1)
    .describe('How often they are made one after the other: a number, or any between two.'),
  probability: Share.default(1).describe('In what share of iterations, 0 to 1.'),
};

/** Keys of users entries of both kinds. */
export const requestUserShape = {
  weight: z
    .number()
    .positive('must be above 0')
    .default(1)
    .describe('Their share of the users or arrivals, compared with the other entries.'),
  target: Name.default('default').describe('Which of the targets of the environment they ask.'),
  wait: Wait.prefault(0).describe('How long a user waits after each iteration: 1s, or { from: 1s, to: 3s }.'),
  variables: Variables.default({}).describe('What ${name} stands for in steps.'),
  data: z.array(Feed).default([]).describe('Rows of data for steps, from JSON or CSV.'),
  timeout: PositiveDuration.default(60_000).describe('How long a request may take altogether.'),
  connect_timeout: PositiveDuration.default(10_000).describe('How long a connection may take to be made.'),
  retries: Retries.prefault({}).describe('Whether a request that failed is made again.'),
  iterations_per_user: z
    .union([z.literal('forever'), PositiveInt])
    .default('forever')
    .describe('Iterations that a user makes one after the other.'),
};

/** Keys of a task of either kind. */
export const taskShape = {
  name: Name.describe('What results call it.'),
  weight: z
    .number()
    .positive('must be above 0')
    .default(1)
    .describe('How often it is chosen, compared with the others.'),
};

/** Keys of a set-up or tear-down stage of either kind. */
export const stageShape = {
  name: Name.default('set-up').describe('What messages call it.'),
  target: requestUserShape.target,
  variables: requestUserShape.variables,
  data: requestUserShape.data,
  for_each: Name.optional().describe('Name of a feed: the steps are made once for each of its rows.'),
  parallel: PositiveInt.max(100, 'must be at most 100').default(4).describe('Rows at once.'),
  timeout: requestUserShape.timeout,
  connect_timeout: requestUserShape.connect_timeout,
  retries: requestUserShape.retries,
  wait: Wait.prefault(0).describe('How long to wait after each row: 1s, or { from: 1s, to: 3s }.'),
};
