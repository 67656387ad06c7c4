/** A language model: an answer at once or token by token. */
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { z } from 'zod';
import { generationMs, streamTokens, tokensFor } from '../tokens.ts';
import type { RpcExchange } from './call.ts';
import { endWith } from './streams.ts';

const Limit = z.object({ max_tokens: z.number() });

/** All of the answer in one message. */
export function generate(
  exchange: RpcExchange,
  call: ServerUnaryCall<unknown, unknown>,
  callback: sendUnaryData<unknown>,
): void {
  const { request } = exchange;
  const received = process.hrtime.bigint();
  request.noteReceived(received);
  const refusal = exchange.refusal();
  const tokens = tokensFor(request, Limit.parse(call.request).max_tokens);
  const delay = refusal ? request.slowMs() : generationMs(request, tokens.length);
  request.after(received, delay, () =>
    exchange.reply(refusal ?? { text: tokens.join(''), tokens: tokens.length }, callback),
  );
}

/** The answer token by token. */
export function chat(exchange: RpcExchange, call: ServerWritableStream<unknown, unknown>): void {
  const { request } = exchange;
  const received = process.hrtime.bigint();
  request.noteReceived(received);
  const refusal = exchange.refusal();
  if (refusal) {
    request.after(received, request.slowMs(), () => endWith(exchange, call, refusal));
    return;
  }
  streamTokens(request, received, tokensFor(request, Limit.parse(call.request).max_tokens), {
    token: (token) => void call.write(exchange.outgoing({ token })),
    done: () => endWith(exchange, call, null),
    cut: () => exchange.cut(),
  });
}
