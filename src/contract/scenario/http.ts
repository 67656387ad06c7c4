/** Users of kind http: what they ask, in order or by weight. */
import { z } from 'zod';
import { PositiveDuration } from '../quantities.ts';
import { Headers } from './addresses.ts';
import { ownLoadShape } from './executors.ts';
import { groupShape, JsonPath, requestUserShape, stageShape, stepShape, taskShape } from './request.ts';
import { Count, Name, Path, PositiveInt } from './words.ts';

export const httpMethods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** A path (`/api/x?q=1`) added to the target's address, or a whole http(s) address. */
const Address = z
  .string()
  .trim()
  .refine(
    (value) => /^(\/|https?:\/\/|\$\{)/.test(value),
    'must begin with / (a path of the target), or be a whole http:// or https:// address',
  );

const multipartPart = z
  .strictObject({
    name: z.string().min(1).describe('Name of the form field.'),
    value: z.string().optional().describe('Its value as text.'),
    file: Path.optional().describe('A file to send as its value. Relative to this file.'),
    filename: z.string().optional().describe('What the service is told the file is called.'),
    type: z.string().optional().describe('Content type of the part.'),
  })
  .refine((part) => (part.value === undefined) !== (part.file === undefined), {
    message: 'a part needs either "value" or "file", not both',
  });

export const streamFormats = ['sse', 'ndjson', 'chunks'] as const;

/** An answer that comes piece by piece. */
export const HttpStream = z
  .union(
    [
      z.enum(streamFormats),
      z.strictObject({
        format: z
          .enum(streamFormats)
          .default('sse')
          .describe('Server-sent events, a line of JSON each, or any chunk.'),
        token: JsonPath.optional().describe(
          'The text of an event; events without it are no tokens. Left out: every event is one.',
        ),
        done: z.string().optional().describe('Data of the event that ends it, like [DONE].'),
      }),
    ],
    { error: 'must be sse, ndjson, chunks, or { format, token, done }' },
  )
  .transform(
    (
      value,
    ): { format: (typeof streamFormats)[number]; token?: string | undefined; done?: string | undefined } =>
      typeof value === 'string' ? { format: value } : value,
  );

const methodShape = {
  get: Address.optional().describe('GET of this path or address.'),
  post: Address.optional().describe('POST to it.'),
  put: Address.optional().describe('PUT to it.'),
  patch: Address.optional().describe('PATCH of it.'),
  delete: Address.optional().describe('DELETE of it.'),
  head: Address.optional().describe('HEAD of it.'),
  options: Address.optional().describe('OPTIONS of it.'),
};

const bodies = ['json', 'form', 'multipart', 'body', 'body_file'] as const;

/** One request. */
export const HttpStep = z
  .strictObject({
    ...stepShape,
    ...methodShape,
    query: z.record(z.string(), z.string()).default({}).describe('Parameters added to the address.'),
    headers: Headers.default({}).describe(
      'Headers of this request, over those of the users entry and the environment.',
    ),
    json: z.unknown().optional().describe('A body of JSON.'),
    form: z.record(z.string(), z.string()).optional().describe('A body of form fields.'),
    multipart: z.array(multipartPart).min(1).optional().describe('A body of parts: values and files.'),
    body: z.string().optional().describe('A body as it stands.'),
    body_file: Path.optional().describe('A body from a file, sent as it is. Relative to this file.'),
    stream: HttpStream.optional().describe(
      'The answer comes piece by piece: time to first token and tokens a second are measured.',
    ),
    timeout: PositiveDuration.optional().describe('How long it may take; left out: as its users entry says.'),
    redirects: Count.max(20, 'must be at most 20')
      .optional()
      .describe('Redirects that are followed; left out: as its users entry says.'),
  })
  .superRefine((step, ctx) => {
    const methods = httpMethods.filter((method) => step[method] !== undefined);
    if (methods.length !== 1)
      ctx.addIssue({
        code: 'custom',
        message:
          methods.length === 0
            ? 'a request needs its method and address, like get: /api/clients'
            : `a request has one method, not ${methods.join(' and ')}`,
      });
    const given = bodies.filter((body) => step[body] !== undefined);
    if (given.length > 1)
      ctx.addIssue({
        code: 'custom',
        path: [given[1] ?? 'body'],
        message: `a request has one body, not ${given.join(' and ')}`,
      });
  })
  .meta({ id: 'request' });
export type HttpStep = z.output<typeof HttpStep>;

export const HttpGroup = z.strictObject({
  ...groupShape,
  steps: z.array(HttpStep).min(1, 'needs at least one step').describe('Its requests in order.'),
});
const Entry = z.union([HttpStep, HttpGroup], {
  error: 'must be a request like { get: /path }, or a group of them: { group: name, steps: […] }',
});
export const HttpSteps = z.array(Entry).min(1, 'needs at least one step');

/** One thing a user may do; which one is chosen by weight for each iteration. */
export const HttpTask = z.strictObject({
  ...taskShape,
  steps: HttpSteps.describe('Its requests in order.'),
});

/** Keys that a set-up stage of the scenario has too. */
export const httpShape = {
  headers: Headers.default({}).describe('Headers of every request, over those of the environment.'),
  cookies: z.boolean().default(true).describe('Whether a user keeps the cookies it is given.'),
  redirects: Count.max(20, 'must be at most 20').default(5).describe('Redirects that are followed.'),
  http_version: z
    .enum(['1.1', '2', 'auto'])
    .default('1.1')
    .describe('auto: HTTP/2 where an https:// target offers it. 2: also without TLS.'),
  keep_alive: z.boolean().default(true).describe('false: a connection for each request.'),
  max_body: PositiveInt.max(1024, 'must be at most 1024')
    .default(16)
    .describe(
      'Megabytes of an answer that are kept for checks and extract; more fails a request that needs them.',
    ),
};

export const HttpUser = z
  .strictObject({
    kind: z.literal('http').describe('What they are: http, clients that make requests.'),
    name: Name.default('clients').describe('What results call them.'),
    ...requestUserShape,
    ...httpShape,
    connections: z
      .union([z.literal('own'), PositiveInt.max(100_000)])
      .default('own')
      .describe(
        'own: each user has its own connection; a number: so many are shared by the users of each engine thread.',
      ),
    on_start: HttpSteps.optional().describe(
      'What each user does once before its first iteration, like a login.',
    ),
    on_stop: HttpSteps.optional().describe('What each user does once when it leaves.'),
    steps: HttpSteps.optional().describe('One iteration: these requests in order.'),
    tasks: z
      .array(HttpTask)
      .min(1, 'needs at least one task')
      .optional()
      .describe('One iteration: one of these, by weight.'),
    ...ownLoadShape,
  })
  .refine((user) => (user.steps === undefined) !== (user.tasks === undefined), {
    message: 'http users need either "steps" (one after the other) or "tasks" (one by weight), not both',
  });
export type HttpUser = z.output<typeof HttpUser>;

/** Runs once before the load (or after it), like the creation of accounts. */
export const HttpStage = z.strictObject({
  kind: z.literal('http').describe('What it is: http, requests.'),
  ...stageShape,
  ...httpShape,
  steps: HttpSteps.describe('Its requests in order.'),
});
export type HttpStage = z.output<typeof HttpStage>;
