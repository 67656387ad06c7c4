/** The messages of server reflection (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md), the same in both versions. */
import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';
import { z } from 'zod';
import { isMessage } from './descriptorSet.ts';

const fields = (of: Record<string, [type: string, id: number, rule?: string]>) => ({
  fields: Object.fromEntries(
    Object.entries(of).map(([name, [type, id, rule]]) => [
      name,
      { type, id, ...(rule === undefined ? {} : { rule }) },
    ]),
  ),
});

const definition = fromJSON(
  {
    nested: {
      Request: fields({
        host: ['string', 1],
        fileByFilename: ['string', 3],
        fileContainingSymbol: ['string', 4],
        listServices: ['string', 7],
      }),
      Files: fields({ fileDescriptorProto: ['bytes', 1, 'repeated'] }),
      Service: fields({ name: ['string', 1] }),
      Services: fields({ service: ['Service', 1, 'repeated'] }),
      Failure: fields({ errorCode: ['int32', 1], errorMessage: ['string', 2] }),
      Response: fields({
        fileDescriptorResponse: ['Files', 4],
        listServicesResponse: ['Services', 6],
        errorResponse: ['Failure', 7],
      }),
    },
  },
  {},
);

function messageType(name: string): MessageTypeDefinition<object, object> {
  const found = definition[name];
  if (!isMessage(found)) throw new Error(`${name} is no message of server reflection`);
  return found;
}

/** One question of a reflection stream. */
export type ReflectionRequest =
  { listServices: string } | { fileContainingSymbol: string } | { fileByFilename: string };

const Response = z.object({
  fileDescriptorResponse: z
    .object({ fileDescriptorProto: z.array(z.instanceof(Uint8Array)).default([]) })
    .nullish(),
  listServicesResponse: z.object({ service: z.array(z.object({ name: z.string() })).default([]) }).nullish(),
  errorResponse: z
    .object({ errorCode: z.number().default(2), errorMessage: z.string().default('') })
    .nullish(),
});
export type ReflectionResponse = z.infer<typeof Response>;

export function writeReflectionRequest(request: ReflectionRequest): Buffer {
  return messageType('Request').serialize(request);
}

/** Throws when the bytes are no answer of server reflection. */
export function readReflectionResponse(bytes: Buffer): ReflectionResponse {
  return Response.parse(messageType('Response').deserialize(bytes));
}
