/** Users of kind grpc: unary and streaming calls of services, with messages made from templates. */
import { z } from 'zod';
import { Duration, PositiveDuration } from '../quantities.ts';
import { ownLoadShape } from './executors.ts';
import { groupShape, requestUserShape, stageShape, stepShape, taskShape } from './request.ts';
import { Name, Path, PositiveInt, Words } from './words.ts';
import { Voice } from './voice.ts';

/** `package.Service/Method`. */
export const Rpc = z
  .string()
  .trim()
  .regex(/^\/?[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/, 'is not a call; write it like package.Service/Method');

/** A field of a message by name, `audio` or `result.audio`. */
const FieldPath = z
  .string()
  .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'is not a field, like audio or result.audio');

/** Speech that is streamed into a call as a microphone would: a message per chunk, in real time. */
export const RpcAudio = z
  .strictObject({
    say: Words.optional().describe('Words, spoken by a voice.'),
    clip: Path.optional().describe('An audio file instead: WAV or raw PCM, 16 kHz, 16-bit, mono.'),
    voice: Voice.prefault({ provider: 'offline' }).describe('Who speaks.'),
    field: FieldPath.describe('The field of the message that takes the bytes, like audio_content.'),
    chunk: PositiveDuration.default(100).describe('Length of the audio of a message.'),
    real_time: z.boolean().default(true).describe('false: as fast as the service takes it.'),
    sample_rate: z
      .union([z.literal(8000), z.literal(16_000), z.literal(24_000)], {
        error: 'must be 8000, 16000 or 24000',
      })
      .default(16_000)
      .describe('Samples a second that the service expects.'),
    message: z.unknown().optional().describe('Other fields of every message that carries audio.'),
  })
  .refine((audio) => (audio.say === undefined) !== (audio.clip === undefined), {
    message: 'audio needs either "say" or "clip", not both',
  });

/** One remote procedure call. */
export const RpcStep = z
  .strictObject({
    ...stepShape,
    rpc: Rpc.describe('What is called: package.Service/Method.'),
    message: z.unknown().optional().describe('The message, as JSON; for a stream the first one.'),
    messages: z
      .array(z.unknown())
      .min(1)
      .optional()
      .describe('Further messages of a client stream, in order.'),
    message_interval: Duration.default(0).describe('Time between messages of a client stream.'),
    audio: RpcAudio.optional().describe('Speech that is streamed into the call after the first message.'),
    first_audio: FieldPath.optional().describe(
      'The field of responses that carries audio: time to first audio is measured.',
    ),
    token: FieldPath.optional().describe(
      'The field of responses that carries text: time to first token is measured.',
    ),
    metadata: z
      .record(
        z
          .string()
          .regex(/^[a-z0-9_.-]+$/, 'is not a metadata key: lower-case letters, digits, "_", "-" and "."'),
        z.string(),
      )
      .default({})
      .describe('Metadata of this call, over that of the users entry and the environment.'),
    deadline: PositiveDuration.optional().describe(
      'How long it may take; left out: timeout of its users entry.',
    ),
  })
  .meta({ id: 'call' });
export type RpcStep = z.output<typeof RpcStep>;

export const RpcGroup = z.strictObject({
  ...groupShape,
  steps: z.array(RpcStep).min(1, 'needs at least one step').describe('Its calls in order.'),
});
const Entry = z.union([RpcStep, RpcGroup], {
  error:
    'must be a call like { rpc: package.Service/Method }, or a group of them: { group: name, steps: […] }',
});
export const RpcSteps = z.array(Entry).min(1, 'needs at least one step');

export const RpcTask = z.strictObject({
  ...taskShape,
  steps: RpcSteps.describe('Its calls in order.'),
});

export const grpcShape = {
  proto: z
    .union([Path, z.array(Path).min(1)])
    .optional()
    .describe(
      '.proto files that describe the services, relative to this file. Left out: the server is asked (reflection).',
    )
    .transform((value) => (value === undefined ? [] : typeof value === 'string' ? [value] : value)),
  import_paths: z
    .array(Path)
    .default([])
    .describe('Folders where imports of the .proto files are looked for.'),
  metadata: z
    .record(z.string(), z.string())
    .default({})
    .describe('Metadata of every call, over the headers of the environment.'),
};

export const GrpcUser = z
  .strictObject({
    kind: z.literal('grpc').describe('What they are: grpc, clients that call services.'),
    name: Name.default('clients').describe('What results call them.'),
    ...requestUserShape,
    ...grpcShape,
    channels: z
      .union([z.literal('own'), PositiveInt.max(10_000)])
      .default('own')
      .describe(
        'own: each user has its own connection; a number: so many are shared by the users of each engine thread.',
      ),
    on_start: RpcSteps.optional().describe('What each user does once before its first iteration.'),
    on_stop: RpcSteps.optional().describe('What each user does once when it leaves.'),
    steps: RpcSteps.optional().describe('One iteration: these calls in order.'),
    tasks: z
      .array(RpcTask)
      .min(1, 'needs at least one task')
      .optional()
      .describe('One iteration: one of these, by weight.'),
    ...ownLoadShape,
  })
  .refine((user) => (user.steps === undefined) !== (user.tasks === undefined), {
    message: 'grpc users need either "steps" (one after the other) or "tasks" (one by weight), not both',
  });
export type GrpcUser = z.output<typeof GrpcUser>;

export const GrpcStage = z.strictObject({
  kind: z.literal('grpc').describe('What it is: grpc, calls of services.'),
  ...stageShape,
  ...grpcShape,
  steps: RpcSteps.describe('Its calls in order.'),
});
export type GrpcStage = z.output<typeof GrpcStage>;
