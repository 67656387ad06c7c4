/** One request under way: from `send` through its redirects to the end of its answer. */
import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import { AnswerBody, decoder, encodingOf, notDecoded } from './answerBody.ts';
import { pathOf, pathStart } from './address.ts';
import type { Connections, Lane, Origin, Waiting } from './connections.ts';
import type { ConnectionTimes } from './connector.ts';
import { Expiring, type Deadlines } from './deadlines.ts';
import type { HttpFailure, HttpOutcome, HttpRequest } from './exchange.ts';
import { aborted, HttpError, requestFailure, timeoutFailure, tooManyRedirects } from './failure.ts';
import { bytesOfHead, bytesOfRequest } from './heads.ts';
import { redirected, redirectTo, type RedirectedRequest } from './redirects.ts';
import { TokenReader } from './tokens.ts';

/** What the requests of one session share. */
export interface SendingShared {
  clock: Clock;
  connections: Connections;
  deadlines: Deadlines;
  /** What is under way. */
  active: Set<Sending>;
  maxBodyBytes: number;
  keepAlive: boolean;
  /** Names of the environment's headers, lower case. */
  targetHeaders: ReadonlySet<string>;
}

/** How long the end of an answer is waited for after the event that ends its stream. */
const lingerMs = 50;

type Headers = Record<string, string | string[]>;
const noHeaders: Headers = {};
const noMessages: HttpOutcome['messages'] = [];

export class Sending extends Expiring implements Dispatcher.DispatchHandler, Waiting {
  readonly #shared: SendingShared;
  readonly #wanted: HttpRequest;
  readonly #done: (outcome: HttpOutcome) => void;
  #now: RedirectedRequest;
  #origin: Origin | null = null;
  #lane: Lane | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  /** `send` has returned. */
  #returned = false;
  /** Nothing it is told counts any more. */
  #over = false;
  #dropped = false;
  #failure: HttpFailure | null = null;

  #sentAt: number | null = null;
  #firstByteAt: number | null = null;
  #endedAt = 0;
  #status: number | null = null;
  #headers: Headers = noHeaders;
  #times: ConnectionTimes | null = null;
  #http2 = false;
  #redirected = 0;
  #redirect: string | null = null;

  #bytesSent = 0;
  #bytesReceived = 0;
  #writtenBefore = 0;
  #readBefore = 0;

  #body: AnswerBody | null = null;
  #tokens: TokenReader | null = null;
  #decoder: Transform | null = null;

  constructor(shared: SendingShared, request: HttpRequest, done: (outcome: HttpOutcome) => void) {
    super();
    this.#shared = shared;
    this.#wanted = request;
    this.#now = request;
    this.#done = done;
    const now = shared.clock.now();
    shared.active.add(this);
    shared.deadlines.add(this, request.timeoutMs, now);
    this.#send();
    this.#returned = true;
  }

  #send(): void {
    const { url } = this.#now;
    const start = pathStart(url);
    this.#origin = this.#shared.connections.origin(url.slice(0, start));
    if (this.#origin) this.#origin.take(this);
    else
      this.#end({
        kind: 'invalid_request',
        message: 'the address of the request is no http:// or https:// address',
      });
  }

  begin(lane: Lane): void {
    this.#lane = lane;
    const { method, url, body } = this.#now;
    let path: string;
    try {
      path = pathOf(url, pathStart(url));
    } catch {
      this.#end({ kind: 'invalid_request', message: 'the address of the request is no URL' });
      return;
    }
    const options: Dispatcher.DispatchOptions = { method, path, headers: this.#head(lane), body };
    // Else undici closes the connection after these.
    if (
      this.#shared.keepAlive &&
      (method === 'HEAD' || (body !== null && (method === 'GET' || method === 'DELETE')))
    )
      options.reset = false;
    lane.dispatch(options, this);
  }

  #head(lane: Lane): string[] {
    const { headers, url } = this.#now;
    const { cookies } = this.#wanted;
    const head: string[] = [];
    let cookie = cookies === null ? '' : cookies.for(url);
    for (const name in headers) {
      const value = headers[name];
      if (value === undefined) continue;
      if (name === 'cookie') cookie = cookie === '' ? value : `${value}; ${cookie}`;
      // What the connection decides.
      else if (name !== 'content-length' && name !== 'transfer-encoding' && name !== 'keep-alive')
        head.push(name, value);
    }
    if (cookie !== '') head.push('cookie', cookie);
    if (headers.accept === undefined) head.push('accept', '*/*');
    if (headers['user-agent'] === undefined) head.push('user-agent', 'crosstalk');
    const { authorization } = lane.origin.address;
    if (authorization !== null && headers.authorization === undefined)
      head.push('authorization', authorization);
    return head;
  }

  /** Its head goes to the socket next. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    const lane = this.#lane;
    if (this.#over || this.#dropped || lane === null) {
      controller.abort(new HttpError(aborted));
      return;
    }
    this.#controller = controller;
    const times = lane.takeTimes();
    if (this.#redirected === 0) this.#times = times;
    this.#http2 = lane.http2;
    if (lane.socket !== null && !lane.http2) {
      this.#writtenBefore = lane.socket.bytesWritten;
      this.#readBefore = lane.socket.bytesRead;
    }
    this.#sentAt ??= this.#shared.clock.now();
  }

  onResponseStarted(): void {
    this.#firstByteAt ??= this.#shared.clock.now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.#over || status < 200) return;
    const { redirects, cookies, stream, wantsBody, wantsDetail } = this.#wanted;
    this.#status = status;
    this.#headers = headers;
    const setCookie = headers['set-cookie'];
    if (cookies !== null && setCookie !== undefined)
      cookies.set(this.#now.url, typeof setCookie === 'string' ? [setCookie] : setCookie);
    if (redirects > 0 && status >= 300 && status < 400) {
      this.#redirect = redirectTo(status, headers.location, this.#now.url);
      if (this.#redirect !== null) return;
    }
    if (wantsBody) this.#body = new AnswerBody(this.#shared.maxBodyBytes);
    if (stream === null) return;
    this.#tokens = new TokenReader(stream, wantsDetail);
    const encoding = encodingOf(headers['content-encoding']);
    if (encoding === null) return;
    const decoding = decoder(encoding);
    this.#decoder = decoding;
    decoding.on('data', (piece: Buffer) => this.#read(piece, this.#shared.clock.now()));
    decoding.on('error', () => this.#abort(notDecoded(encoding)));
    decoding.on('end', () => this.#finish());
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over || this.#redirect !== null) return;
    if (this.#http2) this.#bytesReceived += chunk.length;
    if (this.#body !== null) {
      this.#body.add(chunk);
      const { failure } = this.#body;
      if (failure !== null && this.#wanted.needsBody === true) {
        this.#abort(failure);
        return;
      }
    }
    if (this.#tokens === null) return;
    if (this.#decoder !== null) this.#decoder.write(chunk);
    else this.#read(chunk, this.#shared.clock.now());
  }

  #read(piece: Buffer, at: number): void {
    const tokens = this.#tokens;
    if (tokens === null || tokens.ended) return;
    if (!tokens.add(piece, at)) return;
    this.#endedAt = at;
    // The answer should end by itself now; a server that keeps it open is not waited for.
    this.#shared.deadlines.remove(this);
    this.#shared.deadlines.add(this, lingerMs, at);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    const now = this.#shared.clock.now();
    if (this.#tokens?.ended !== true) this.#endedAt = now;
    if (this.#redirect !== null) this.#follow(this.#redirect);
    else if (this.#decoder !== null) this.#decoder.end();
    else this.#finish();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over || this.#dropped) return;
    if (this.#tokens?.ended === true) this.#finish();
    else this.#end(requestFailure(error, this.#status !== null));
  }

  expired(): void {
    if (this.#tokens?.ended === true) this.#giveUp(new HttpError(aborted));
    else
      this.#abort(
        timeoutFailure(
          this.#firstByteAt !== null ? 'begun' : this.#sentAt !== null ? 'sent' : 'waiting',
          this.#wanted.timeoutMs,
        ),
      );
  }

  /** Gives it up; it ends as `aborted`. */
  readonly abort = (): void => this.#abort(aborted);

  #abort(failure: HttpFailure): void {
    if (this.#over) return;
    this.#failure = failure;
    this.#giveUp(new HttpError(failure));
  }

  /** Takes it off its connection, which goes with it unless it carries others. */
  #giveUp(error: HttpError): void {
    const lane = this.#lane;
    this.#dropped = true;
    if (lane === null) this.#origin?.forget(this);
    else if (this.#controller !== null) this.#controller.abort(error);
    else if (lane.running === 1) lane.giveUpOpening(error);
    this.#end(this.#failure);
  }

  #follow(to: string): void {
    const { method, url, headers, body } = this.#now;
    this.#leave();
    if (this.#redirected === this.#wanted.redirects) {
      this.#settle(null, tooManyRedirects(this.#wanted.redirects));
      return;
    }
    this.#redirected++;
    this.#now = redirected({ method, url, headers, body }, this.#status ?? 0, to, this.#shared.targetHeaders);
    this.#redirect = null;
    this.#controller = null;
    this.#send();
  }

  /** Its answer ended as it should. */
  #finish(): void {
    if (this.#over) return;
    this.#tokens?.end(this.#endedAt);
    this.#leave();
    if (this.#body === null) this.#settle(null, null);
    else {
      this.#over = true;
      this.#body.take(encodingOf(this.#headers['content-encoding']), (body, failure) =>
        this.#settle(body, failure),
      );
    }
  }

  #end(failure: HttpFailure | null): void {
    if (this.#over) return;
    if (this.#tokens?.ended !== true || failure !== null) this.#endedAt = this.#shared.clock.now();
    this.#decoder?.destroy();
    this.#leave();
    if (this.#tokens?.ended === true && failure === null && this.#body !== null) {
      this.#over = true;
      this.#body.take(encodingOf(this.#headers['content-encoding']), (body) => this.#settle(body, null));
    } else this.#settle(null, failure);
  }

  /** Frees its place on the connection. */
  #leave(): void {
    const lane = this.#lane;
    if (lane === null) return;
    this.#countBytes(lane);
    this.#lane = null;
    lane.origin.release(lane);
  }

  #countBytes(lane: Lane): void {
    if (this.#controller === null) return;
    if (this.#http2 || lane.socket === null) {
      this.#bytesSent += bytesOfRequest(this.#now);
      this.#bytesReceived += bytesOfHead(this.#headers);
    } else {
      this.#bytesSent += lane.socket.bytesWritten - this.#writtenBefore;
      this.#bytesReceived += lane.socket.bytesRead - this.#readBefore;
    }
  }

  #settle(body: Buffer | null, failure: HttpFailure | null): void {
    this.#over = true;
    this.#shared.deadlines.remove(this);
    this.#shared.active.delete(this);
    const tokens = this.#tokens;
    const outcome: HttpOutcome = {
      sentAt: this.#sentAt,
      firstByteAt: this.#firstByteAt,
      endedAt: this.#endedAt,
      status: this.#status,
      httpVersion: this.#sentAt === null ? null : this.#http2 ? '2' : '1.1',
      headers: this.#headers,
      body,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      connection: this.#times,
      tokens:
        tokens === null || tokens.count === 0
          ? null
          : { firstAt: tokens.firstAt, lastAt: tokens.lastAt, count: tokens.count },
      messages: tokens === null ? noMessages : tokens.events,
      redirected: this.#redirected,
      failure,
    };
    if (this.#returned) this.#done(outcome);
    else setImmediate(this.#done, outcome);
  }
}
