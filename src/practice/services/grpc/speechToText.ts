/** Speech to text: counts the audio it is sent and answers so long after its end. */
import type { sendUnaryData, ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';
import { z } from 'zod';
import { drawDelay } from '../../random.ts';
import { answerTokens } from '../answers.ts';
import type { RpcExchange } from './call.ts';

const Recognise = z.object({
  config: z.object({ sample_rate: z.number() }).nullish(),
  audio_content: z.instanceof(Uint8Array),
});

/** Words that are heard in a second of speech. */
const wordsPerSecond = 2.5;

class Heard {
  bytes = 0;
  chunks = 0;
  #rate = 16_000;

  add(message: unknown): void {
    const { config, audio_content: audio } = Recognise.parse(message);
    if (config && config.sample_rate > 0) this.#rate = config.sample_rate;
    if (audio.length === 0) return;
    this.bytes += audio.length;
    this.chunks++;
  }

  answer({ request }: RpcExchange): object {
    const seconds = this.bytes / 2 / this.#rate;
    const words = Math.round(seconds * wordsPerSecond);
    return {
      transcript: answerTokens(words, request.draws.random).join('').trim(),
      confidence: this.bytes > 0 ? 0.9375 : 0,
      audio_ms: Math.round(seconds * 1000),
      chunks: this.chunks,
    };
  }
}

function answerAfter(
  exchange: RpcExchange,
  received: bigint,
  heard: Heard,
  callback: sendUnaryData<unknown>,
): void {
  const { request } = exchange;
  const refusal = exchange.refusal();
  const delay = refusal ? 0 : drawDelay(request.desk.pace.finalResult, request.draws.random);
  request.after(received, delay + request.slowMs(), () =>
    exchange.reply(refusal ?? heard.answer(exchange), callback),
  );
}

/** All of the audio in one message. */
export function recognize(
  exchange: RpcExchange,
  call: ServerUnaryCall<unknown, unknown>,
  callback: sendUnaryData<unknown>,
): void {
  const received = process.hrtime.bigint();
  exchange.request.noteReceived(received);
  const heard = new Heard();
  heard.add(call.request);
  answerAfter(exchange, received, heard, callback);
}

/** Audio in many messages. */
export function streamingRecognize(
  exchange: RpcExchange,
  call: ServerReadableStream<unknown, unknown>,
  callback: sendUnaryData<unknown>,
): void {
  const heard = new Heard();
  call.on('data', (message: unknown) => heard.add(message));
  call.on('error', () => exchange.request.end(null));
  call.on('end', () => {
    const received = process.hrtime.bigint();
    exchange.request.noteReceived(received);
    answerAfter(exchange, received, heard, callback);
  });
}
