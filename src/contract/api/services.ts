import { z } from 'zod';
import { call } from './define.ts';

/** A method of a gRPC service. `message`: an example of its request, as JSON, every field with its default. */
export const RpcMethod = z.object({
  /** `package.Service/Method`. */
  rpc: z.string(),
  type: z.enum(['unary', 'client_stream', 'server_stream', 'bidi']),
  requestType: z.string(),
  responseType: z.string(),
  message: z.string(),
  /** Fields of the request and of the response that carry bytes, as paths. */
  requestBytes: z.array(z.string()),
  responseBytes: z.array(z.string()),
});
export type RpcMethod = z.infer<typeof RpcMethod>;

/** What services there are, for the editor. */
export const servicesApi = {
  /** Of a users entry (by index) of a scenario's text, from its .proto files or by asking its target. Errors: `proto_invalid`, `reflection_refused` and those of connecting. */
  methods: call(
    z.object({ path: z.string(), text: z.string(), user: z.number().int().min(0) }),
    z.array(RpcMethod),
  ),
  /** The first rows of a data file of a scenario. */
  feedPreview: call(
    z.object({ path: z.string(), file: z.string(), at: z.string().optional() }),
    z.object({
      fields: z.array(z.string()),
      rows: z.number().int(),
      first: z.array(z.record(z.string(), z.string())),
    }),
  ),
};
