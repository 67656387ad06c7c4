/** One HTTP request of the services: its body, and its answer with what goes wrong on the way. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceRequest } from '../request.ts';

const largestBody = 1024 * 1024;
const retryAfter = [429, 503];

export class Exchange {
  readonly request: ServiceRequest;
  readonly #incoming: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #query: string;

  constructor(request: ServiceRequest, incoming: IncomingMessage, response: ServerResponse, query: string) {
    this.request = request;
    this.#incoming = incoming;
    this.#response = response;
    this.#query = query;
    response.once('close', () => request.end(null));
  }

  /** A parameter of the address; undefined: it has none. */
  parameter(name: string): string | undefined {
    return new URLSearchParams(this.#query).get(name) ?? undefined;
  }

  /** A header of the request; undefined: it has none. */
  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Calls back with the JSON of the body; answers itself when there is none, or too much. */
  readJson(run: (body: unknown, received: bigint) => void): void {
    const pieces: Buffer[] = [];
    let bytes = 0;
    this.#incoming.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= largestBody) pieces.push(piece);
      else if (!this.request.over) {
        this.#response.setHeader('connection', 'close');
        this.answer(413, { detail: 'the body is larger than 1 MB' });
        this.#response.once('finish', () => this.#incoming.destroy());
      }
    });
    this.#incoming.once('end', () => {
      if (this.request.over || bytes > largestBody) return;
      const received = process.hrtime.bigint();
      this.request.noteReceived(received);
      let body: unknown;
      try {
        body = JSON.parse(Buffer.concat(pieces).toString('utf8'));
      } catch {
        this.answer(400, { detail: 'the body is not JSON' });
        return;
      }
      run(body, received);
    });
  }

  /** Answers with JSON: an object, or its text where that is at hand. */
  answer(status: number, body: object | string): void {
    if (this.request.over) return;
    const { draws } = this.request;
    let text = typeof body === 'string' ? body : JSON.stringify(body);
    if (draws.garbage && status < 400) {
      this.request.noteFault('garbage');
      text = `<html>${text.slice(0, text.length / 2)}`;
    }
    const bytes = Buffer.from(text);
    const head: Record<string, string | number> = {
      'content-type': 'application/json',
      'content-length': bytes.length,
    };
    if (retryAfter.includes(status)) head['retry-after'] = 1;
    this.#response.writeHead(status, head);
    this.request.noteFirstByte();
    if (draws.reset && status < 400) {
      this.request.noteFault('reset');
      this.#response.write(bytes.subarray(0, bytes.length >> 1), () => this.cut());
      return;
    }
    this.#response.end(bytes);
    this.request.end(status);
  }

  /** Begins a stream of server-sent events: its head goes out at once. */
  beginEvents(): void {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.#response.flushHeaders();
    this.request.noteFirstByte();
  }

  /** Sends one event. */
  event(data: string): void {
    this.#response.write(`data: ${data}\n\n`);
  }

  /** Ends the stream with a last event. */
  endEvents(data: string): void {
    this.#response.end(`data: ${data}\n\n`);
    this.request.end(200);
  }

  /** Cuts the connection in the middle of the answer. */
  cut(): void {
    const { socket } = this.#response;
    if (socket && 'resetAndDestroy' in socket) socket.resetAndDestroy();
    this.request.end(null);
  }
}
