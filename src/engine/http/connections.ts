/** Connections of one user, or those that users share, by the origin they lead to. */
import type { Dispatcher } from 'undici';
import type { Socket } from 'node:net';
import { originOf, type OriginAddress } from './address.ts';
import { openConnection, type ConnectionTimes, type ConnectorOptions, type GiveUp } from './connector.ts';
import type { HttpError } from './failure.ts';
import { Client } from './undiciClient.js';

/** A request that waits for a place on a connection. */
export interface Waiting {
  begin(lane: Lane): void;
}

/** Requests that one HTTP/2 connection carries at once. */
const streamsAtOnce = 100;
const longestHead = 65_536;
/** Servers say how long they keep a connection; of one that does not, it is kept this long. */
const keptForMs = 60_000;

export interface ConnectionsOptions extends ConnectorOptions {
  keepAlive: boolean;
  /** To each origin. */
  limit: number;
}

const nothing = (): void => undefined;

/** One connection, opened anew whenever a request finds it closed. */
export class Lane {
  readonly origin: Origin;
  /** Requests on it. */
  running = 0;
  socket: Socket | null = null;
  http2 = false;
  #times: ConnectionTimes | null = null;
  #giveUp: GiveUp | null = null;
  readonly #client: Client;

  constructor(origin: Origin, options: ConnectionsOptions) {
    this.origin = origin;
    this.#client = new Client(origin.address.origin, {
      pipelining: options.keepAlive ? 1 : 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keptForMs,
      maxHeaderSize: longestHead,
      allowH2: options.version !== '1.1',
      h2Options: { maxConcurrentStreams: streamsAtOnce, pingInterval: 0 },
      connect: ({ servername }, callback) => {
        const { host, port, secure } = origin.address;
        this.#giveUp = openConnection(
          { host, port, secure, servername: servername === '' ? null : (servername ?? null) },
          options,
          (error, opened) => {
            this.#giveUp = null;
            if (!opened) return callback(error ?? new Error('no connection'), null);
            this.socket = opened.socket;
            this.#times = opened.times;
            this.http2 = opened.http2;
            if (opened.http2) {
              origin.multiplexed = true;
              // Where undici looks for the protocol; a plain connection has none of its own.
              Object.assign(opened.socket, { alpnProtocol: 'h2' });
            }
            callback(null, opened.socket);
          },
        );
      },
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  /** What opening it took, for the first request that asks. */
  takeTimes(): ConnectionTimes | null {
    const times = this.#times;
    if (times) this.#times = null;
    return times;
  }

  /** Nobody waits for it any more. */
  giveUpOpening(error: HttpError): void {
    this.#giveUp?.(error);
  }

  close(error: HttpError): void {
    this.#giveUp?.(error);
    this.#client.destroy(error, nothing);
  }
}

/** The connections to one origin. */
export class Origin {
  readonly address: OriginAddress;
  /** Its connections carry many requests at once (HTTP/2). */
  multiplexed = false;
  readonly #options: ConnectionsOptions;
  readonly #lanes: Lane[] = [];
  readonly #free: Lane[] = [];
  #waiting: Waiting[] = [];
  #firstWaiting = 0;

  constructor(address: OriginAddress, options: ConnectionsOptions) {
    this.address = address;
    this.#options = options;
  }

  /** Begins on a connection with room now, or when there is one. */
  take(request: Waiting): void {
    const lane = this.#lane();
    if (lane) {
      lane.running++;
      request.begin(lane);
    } else this.#waiting.push(request);
  }

  #lane(): Lane | undefined {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#lanes.length < this.#options.limit) {
      const lane = new Lane(this, this.#options);
      this.#lanes.push(lane);
      return lane;
    }
    return this.multiplexed ? this.#leastBusy() : undefined;
  }

  #leastBusy(): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes)
      if (lane.http2 && lane.running < streamsAtOnce && lane.running < (best?.running ?? streamsAtOnce))
        best = lane;
    return best;
  }

  /** A request has left its connection. */
  release(lane: Lane): void {
    lane.running--;
    const next = this.#nextWaiting();
    if (next) {
      lane.running++;
      next.begin(lane);
    } else if (lane.running === 0) this.#free.push(lane);
  }

  #nextWaiting(): Waiting | undefined {
    const next = this.#waiting[this.#firstWaiting];
    if (!next) return undefined;
    if (++this.#firstWaiting === this.#waiting.length || this.#firstWaiting > 1024) {
      this.#waiting = this.#waiting.slice(this.#firstWaiting);
      this.#firstWaiting = 0;
    }
    return next;
  }

  /** Takes a request off that waits. */
  forget(request: Waiting): void {
    const at = this.#waiting.indexOf(request, this.#firstWaiting);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  close(error: HttpError): void {
    for (const lane of this.#lanes) lane.close(error);
  }
}

/** Where requests find the connections to their origin. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #origins = new Map<string, Origin>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** `prefix`: an address up to its path. null: it is none of http or https. */
  origin(prefix: string): Origin | null {
    const known = this.#origins.get(prefix);
    if (known) return known;
    const address = originOf(prefix);
    if (!address) return null;
    const origin = new Origin(address, this.#options);
    this.#origins.set(prefix, origin);
    return origin;
  }

  close(error: HttpError): void {
    for (const origin of this.#origins.values()) origin.close(error);
  }
}
