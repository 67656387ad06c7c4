/** How a server stream ends. */
import { Metadata, status, type ServerWritableStream } from '@grpc/grpc-js';
import type { Refusal, RpcExchange } from './call.ts';

/** Ends it with OK, or as it is refused. */
export function endWith(
  { request }: RpcExchange,
  call: ServerWritableStream<unknown, unknown>,
  refusal: Refusal | null,
): void {
  if (request.over) return;
  if (refusal) {
    request.noteFirstByte();
    call.emit('error', { ...refusal, metadata: new Metadata() });
  } else call.end();
  request.end(refusal?.code ?? status.OK);
}
