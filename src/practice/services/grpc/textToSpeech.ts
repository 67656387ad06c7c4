/** Text to speech: streams recorded speech as long as the text would take to say. */
import { status, type sendUnaryData, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { z } from 'zod';
import { drawDelay } from '../../random.ts';
import type { RpcExchange } from './call.ts';
import { endWith } from './streams.ts';
import { spokenMs, type SpeechBank } from './speechBank.ts';

const rates = [8000, 16_000, 24_000];
const Synthesise = z.object({ text: z.string(), sample_rate: z.number() });
const chunkMs = 100;

/** What is asked for, or in a sentence what is wrong with it. */
function read(message: unknown): { ms: number; rate: number } | string {
  const { text, sample_rate: asked } = Synthesise.parse(message);
  if (text.trim() === '') return 'there is no text to speak';
  const rate = asked === 0 ? 16_000 : asked;
  return rates.includes(rate)
    ? { ms: spokenMs(text), rate }
    : `sample_rate must be one of ${rates.join(', ')}`;
}

const wrong = (details: string) => ({ code: status.INVALID_ARGUMENT, details });

/** All of the audio in one message, when all of it is made. */
export function synthesize(
  exchange: RpcExchange,
  bank: SpeechBank,
  call: ServerUnaryCall<unknown, unknown>,
  callback: sendUnaryData<unknown>,
): void {
  const { request } = exchange;
  const received = process.hrtime.bigint();
  request.noteReceived(received);
  const asked = read(call.request);
  const refusal = exchange.refusal() ?? (typeof asked === 'string' ? wrong(asked) : null);
  if (refusal || typeof asked === 'string') {
    request.after(received, request.slowMs(), () => exchange.reply(refusal ?? {}, callback));
    return;
  }
  const { ms, rate } = asked;
  const { speech_speed: speed } = request.desk.config.services;
  const delay = drawDelay(request.desk.pace.firstAudio, request.draws.random) + (speed > 0 ? ms / speed : 0);
  request.after(received, delay + request.slowMs(), () =>
    exchange.reply({ audio_content: bank.take(ms, rate), sample_rate: rate, audio_ms: ms }, callback),
  );
}

/** Audio in chunks of 100 ms, as fast as it is made. */
export function streamSynthesize(
  exchange: RpcExchange,
  bank: SpeechBank,
  call: ServerWritableStream<unknown, unknown>,
): void {
  const { request } = exchange;
  const received = process.hrtime.bigint();
  request.noteReceived(received);
  const asked = read(call.request);
  const refusal = exchange.refusal() ?? (typeof asked === 'string' ? wrong(asked) : null);
  if (refusal || typeof asked === 'string') {
    request.after(received, request.slowMs(), () => endWith(exchange, call, refusal));
    return;
  }
  const audio = bank.take(asked.ms, asked.rate);
  const chunk = 2 * Math.round((asked.rate * chunkMs) / 1000);
  const { speech_speed: speed } = request.desk.config.services;
  const paceMs = speed > 0 ? chunkMs / speed : 0;
  let sent = 0;
  const send = (now: bigint): void => {
    for (;;) {
      if (request.over) return;
      if (sent >= audio.length) {
        endWith(exchange, call, null);
        return;
      }
      if (request.draws.reset && sent >= audio.length / 2) {
        request.noteFault('reset');
        exchange.cut();
        return;
      }
      request.noteToken();
      call.write(exchange.outgoing({ audio_content: audio.subarray(sent, sent + chunk) }));
      sent += chunk;
      if (paceMs > 0 && sent < audio.length) {
        request.after(now, paceMs, send);
        return;
      }
    }
  };
  request.after(
    received,
    drawDelay(request.desk.pace.firstAudio, request.draws.random) + request.slowMs(),
    send,
  );
}
