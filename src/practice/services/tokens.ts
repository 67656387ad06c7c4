/** A streamed answer: tokens one after the other, at the pace of the model. */
import { drawDelay } from '../random.ts';
import { answerTokens } from './answers.ts';
import type { ServiceRequest } from './request.ts';

export interface TokenSink {
  /** Sends one token. */
  token(text: string): void;
  /** All tokens are sent. */
  done(): void;
  /** The connection is to be cut here. */
  cut(): void;
}

/** The tokens of this request's answer; `most` 0: as many as the model likes. */
export function tokensFor(request: ServiceRequest, most = 0): string[] {
  const { tokens } = request.desk.pace;
  return answerTokens(most > 0 ? Math.min(most, tokens) : tokens, request.draws.random);
}

/** How long a whole answer of `count` tokens takes, in ms. */
export function generationMs(request: ServiceRequest, count: number): number {
  const { pace } = request.desk;
  const { random } = request.draws;
  let ms = drawDelay(pace.firstToken, random) + request.slowMs();
  for (let i = 1; i < count; i++) ms += drawDelay(pace.tokenPace, random);
  return ms;
}

/** Streams `tokens` from `from` on. */
export function streamTokens(
  request: ServiceRequest,
  from: bigint,
  tokens: readonly string[],
  sink: TokenSink,
): void {
  const { pace } = request.desk;
  const { random, reset } = request.draws;
  const cutAt = reset ? Math.ceil(tokens.length / 2) : -1;
  let next = 0;
  const send = (now: bigint): void => {
    if (request.over) return;
    if (next === cutAt) {
      request.noteFault('reset');
      sink.cut();
      return;
    }
    const token = tokens[next++];
    if (token === undefined) {
      sink.done();
      return;
    }
    request.noteToken();
    sink.token(token);
    if (next < tokens.length) request.after(now, drawDelay(pace.tokenPace, random), send);
    else send(now);
  };
  request.after(from, drawDelay(pace.firstToken, random) + request.slowMs(), send);
}
