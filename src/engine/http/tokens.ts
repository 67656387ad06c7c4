/** Answers that come piece by piece: their events told apart, and the moments of their tokens. */
import { StringDecoder } from 'node:string_decoder';
import type { PlanStream } from '../requestPlan.ts';
import { jsonFinder, type JsonFinder } from '../requests/jsonPath.ts';

/** Of a stream at most so many events are kept, each up to so much. */
const keptEvents = 200;
const longestKept = 8192;
/** An event that never ends is cut here. */
const longestEvent = 1024 * 1024;

export interface StreamedEvent {
  at: number;
  text: string;
  bytes: number;
}

const finders = new Map<string, JsonFinder>();

/** Compiled once for all answers. Throws a `CrosstalkError` when it is no path. */
function finderOf(path: string): JsonFinder {
  const known = finders.get(path);
  if (known) return known;
  const finder = jsonFinder(path);
  finders.set(path, finder);
  return finder;
}

/** Tells events and tokens apart in the pieces of one answer. */
export class TokenReader {
  firstAt = 0;
  lastAt = 0;
  count = 0;
  /** The event that ends the stream came. */
  ended = false;
  readonly events: StreamedEvent[] = [];
  readonly #stream: PlanStream;
  readonly #keep: boolean;
  readonly #text = new StringDecoder('utf8');
  readonly #find: JsonFinder | null;
  /** The line, or SSE event, that has not ended. */
  #rest = '';
  #data: string | null = null;
  #afterReturn = false;

  constructor(stream: PlanStream, keep: boolean) {
    this.#stream = stream;
    this.#keep = keep;
    this.#find = stream.token === null ? null : finderOf(stream.token);
  }

  /** A piece as it came at `at` ms. Answers whether the event that ends the stream was in it. */
  add(chunk: Buffer, at: number): boolean {
    if (chunk.length === 0) return false;
    const text = this.#text.write(chunk);
    if (this.#stream.format !== 'chunks') this.#lines(text, at);
    else if (text !== '') this.#event(text, at, chunk.length);
    return this.ended;
  }

  /** Nothing more comes. A last line of NDJSON may lack its end; an SSE event without one does not count. */
  end(at: number): void {
    if (this.#stream.format !== 'ndjson') return;
    const last = this.#rest + this.#text.end();
    this.#rest = '';
    if (!this.ended) this.#line(last, at);
  }

  #lines(piece: string, at: number): void {
    let text = piece;
    // A line may end with CR, LF or both, and the two may come apart.
    if (this.#afterReturn && text !== '') {
      this.#afterReturn = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text.endsWith('\r')) this.#afterReturn = true;
    const lines = text.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const whole = this.#rest === '' ? line : this.#rest + line;
      this.#rest = '';
      this.#line(whole, at);
      if (this.ended) return;
    }
    if (this.#rest.length < longestEvent) this.#rest += last;
  }

  #line(line: string, at: number): void {
    if (this.#stream.format === 'ndjson') {
      if (line.trim() !== '') this.#event(line, at, Buffer.byteLength(line));
      return;
    }
    // https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    if (line === '') {
      if (this.#data !== null) this.#event(this.#data, at, Buffer.byteLength(this.#data));
      this.#data = null;
    } else if (line.startsWith('data')) {
      if (line.length > 4 && line[4] !== ':') return;
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      if (this.#data === null) this.#data = value;
      else if (this.#data.length < longestEvent) this.#data += `\n${value}`;
    }
  }

  #event(text: string, at: number, bytes: number): void {
    if (this.#keep && this.events.length < keptEvents)
      this.events.push({ at, text: text.length > longestKept ? text.slice(0, longestKept) : text, bytes });
    if (this.#stream.done !== null && text.trim() === this.#stream.done) {
      this.ended = true;
      return;
    }
    if (this.#find !== null && !this.#holdsToken(text, this.#find)) return;
    if (this.count === 0) this.firstAt = at;
    this.lastAt = at;
    this.count++;
  }

  #holdsToken(text: string, find: JsonFinder): boolean {
    try {
      const value = find(JSON.parse(text));
      return value !== undefined && value !== null && value !== '';
    } catch {
      return false;
    }
  }
}
