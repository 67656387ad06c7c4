/** One request as both doors see it: what chance has in store for it, when it is answered, and the record of it. */
import type { PracticeConfig, TruthRequest } from '#contract/practice';
import type { Pacer, Scheduled } from '../pacing.ts';
import { later, nsOf } from '../time.ts';
import type { TruthLog } from '../truth.ts';
import { drawRequest, Stalls, type RequestDraws } from './faults.ts';
import { paceOf, type ServicePace } from './pace.ts';

/** What all requests have in common. */
export class Desk {
  readonly config: PracticeConfig;
  readonly pace: ServicePace;
  readonly pacer: Pacer;
  readonly stalls: Stalls;
  readonly #log: TruthLog;
  /** Requests that are being answered. */
  active = 0;
  seen = 0;

  constructor(config: PracticeConfig, pacer: Pacer, log: TruthLog) {
    this.config = config;
    this.pace = paceOf(config.services);
    this.pacer = pacer;
    this.stalls = new Stalls(config.services.faults);
    this.#log = log;
  }

  /** `id`: what the client calls it; undefined: it does not. */
  open(method: string, path: string, arrived: bigint, id: string | undefined): ServiceRequest {
    this.active++;
    return new ServiceRequest(this, method, path, arrived, id, ++this.seen);
  }

  /** Writes the record of a request that is over. */
  close(line: TruthRequest): void {
    this.active--;
    this.#log.write(line);
  }
}

function text(stamp: bigint | null): string | null {
  return stamp === null ? null : stamp.toString();
}

export class ServiceRequest {
  readonly draws: RequestDraws;
  readonly desk: Desk;
  readonly #method: string;
  readonly #path: string;
  readonly #arrived: bigint;
  readonly #id: string | undefined;
  #received: bigint | null = null;
  #firstByte: bigint | null = null;
  #firstToken: bigint | null = null;
  #lastToken: bigint | null = null;
  #fault: string | null = null;
  #task: Scheduled | null = null;
  #stalled = false;
  #over = false;

  constructor(
    desk: Desk,
    method: string,
    path: string,
    arrived: bigint,
    id: string | undefined,
    number: number,
  ) {
    this.desk = desk;
    this.#method = method;
    this.#path = path;
    this.#arrived = arrived;
    this.#id = id;
    this.draws = drawRequest(desk.config.seed, desk.config.services.faults, number);
  }

  /** It is answered, or its client is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** One more than the capacity holds. */
  get beyondCapacity(): boolean {
    const { capacity } = this.desk.config.services.faults;
    return capacity > 0 && this.desk.active > capacity;
  }

  noteFault(name: string): void {
    this.#fault = this.#fault === null ? name : `${this.#fault},${name}`;
  }

  /** All of it has come. */
  noteReceived(stamp: bigint): void {
    this.#received ??= stamp;
  }

  /** The answer begins to go out. */
  noteFirstByte(): void {
    this.#firstByte ??= process.hrtime.bigint();
  }

  /** A token or a piece of audio goes out. */
  noteToken(): void {
    const now = process.hrtime.bigint();
    this.#firstByte ??= now;
    this.#firstToken ??= now;
    this.#lastToken = now;
  }

  /** Runs `run` `delayMs` after `from` (or as soon as that may be), unless it is over by then. At once when nothing is to be waited for. */
  after(from: bigint, delayMs: number, run: (now: bigint) => void): void {
    const due = from + nsOf(delayMs);
    const held = this.desk.stalls.holdUntil(due);
    if (held > due && !this.#stalled) {
      this.#stalled = true;
      this.noteFault('stall');
    }
    const now = process.hrtime.bigint();
    if (held <= now) run(now);
    else this.#task = this.desk.pacer.schedule(later(held, now), run);
  }

  /** What `slow` adds to its delay, in ms. */
  slowMs(): number {
    if (!this.draws.slow) return 0;
    this.noteFault('slow');
    return this.desk.config.services.faults.slow_by;
  }

  /** The record is complete; `status` is null when it was not answered. */
  end(status: number | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#task?.cancel();
    const arrived = this.#arrived.toString();
    this.desk.close({
      kind: 'request',
      id: this.#id ?? `${this.#method} ${this.#path} ${arrived}`,
      method: this.#method,
      path: this.#path,
      arrivedNs: arrived,
      receivedNs: text(this.#received),
      firstByteNs: text(this.#firstByte),
      firstTokenNs: text(this.#firstToken),
      lastTokenNs: text(this.#lastToken),
      endNs: status === null ? null : process.hrtime.bigint().toString(),
      status,
      fault: this.#fault,
    });
  }
}
