/** Why there is no answer, as a stable word and a sentence. */
import { errorFailure } from '../transport/failure.ts';
import type { HttpFailure } from './exchange.ts';

/** A failure on its way through undici, which wants errors. */
export class HttpError extends Error implements HttpFailure {
  readonly kind: string;

  constructor({ kind, message }: HttpFailure) {
    super(message);
    this.kind = kind;
  }
}

/** A connection that could not be opened. */
export function connectFailure(error: Error): HttpFailure {
  if (error instanceof HttpError) return { kind: error.kind, message: error.message };
  const { kind, message } = errorFailure(error);
  return kind === 'reset'
    ? { kind, message: 'the connection was reset while it was opened' }
    : { kind, message: message.replaceAll('the agent', 'the server') };
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

const reset = (begun: boolean): HttpFailure => ({
  kind: 'reset',
  message: begun
    ? 'the connection ended before the whole answer had come'
    : 'the connection ended before an answer came',
});

/** A request that failed after its connection was there. `begun`: its answer had begun. */
export function requestFailure(error: Error, begun: boolean): HttpFailure {
  if (error instanceof HttpError) return { kind: error.kind, message: error.message };
  const code = codeOf(error);
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return reset(begun);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED')
    return { kind: 'invalid_request', message: `the request cannot be sent: ${error.message}` };
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH')
    return { kind: 'invalid_request', message: 'the request says another content-length than its body has' };
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return { kind: 'protocol', message: 'the head of the answer is longer than 64 KB' };
  if (code.startsWith('HPE_')) return { kind: 'protocol', message: 'what came is no answer in HTTP/1.1' };
  if (code.startsWith('ERR_HTTP2_STREAM') || /GOAWAY|stream/i.test(error.message)) return reset(begun);
  if (code.startsWith('ERR_HTTP2'))
    return { kind: 'protocol', message: `the server breaks HTTP/2: ${error.message}` };
  if (code === 'UND_ERR_ABORTED' || code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return aborted;
  const { kind, message } = errorFailure(error);
  return kind === 'reset' ? reset(begun) : { kind, message: message.replaceAll('the agent', 'the server') };
}

export const aborted: HttpFailure = { kind: 'aborted', message: 'the request was given up' };

/** How far a request was when its time was over. */
export type Progress = 'waiting' | 'sent' | 'begun';

const unfinished: Record<Progress, string> = {
  waiting: 'no connection was free or opened',
  sent: 'no answer came',
  begun: 'the answer did not end',
};

export function timeoutFailure(progress: Progress, timeoutMs: number): HttpFailure {
  return { kind: 'request_timeout', message: `${unfinished[progress]} within ${timeoutMs / 1000} s` };
}

export function tooLarge(maxBytes: number): HttpFailure {
  const megabytes = Math.round((maxBytes / 1024 / 1024) * 100) / 100;
  return {
    kind: 'body_too_large',
    message: `the body is larger than the ${megabytes} MB that are kept of one (max_body)`,
  };
}

export function tooManyRedirects(followed: number): HttpFailure {
  const times = followed === 1 ? 'one redirect' : `${followed} redirects`;
  return { kind: 'redirects', message: `the server redirects further after ${times}` };
}
