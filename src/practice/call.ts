/** One call at the server: its connection, and who listens to what comes over it. */
import type { Duplex } from 'node:stream';
import type { Pacer } from './pacing.ts';
import type { Session } from './session.ts';
import type { CallTruth } from './truth.ts';
import { Connection, type ConnectionListener } from './wire/connection.ts';

const largestMessage = 1024 * 1024;
/** What is looked at of a message that nobody listens to. */
const beginningBytes = 32;

export class Call implements ConnectionListener {
  readonly connection: Connection;
  readonly truth: CallTruth;
  /** null: nobody listens, frames are only counted. */
  session: Session | null = null;
  readonly #pacer: Pacer;
  readonly #onOver: () => void;
  /** Whether anything has come since the last ping. */
  #alive = true;

  /** `countOnly`: a session will never be set. `onOver` is called when the record of the call is complete. */
  constructor(socket: Duplex, truth: CallTruth, pacer: Pacer, countOnly: boolean, onOver: () => void) {
    this.truth = truth;
    this.#pacer = pacer;
    this.#onOver = onOver;
    const wanted = countOnly ? beginningBytes : Number.POSITIVE_INFINITY;
    this.connection = new Connection(socket, { message: largestMessage, wanted }, this);
  }

  /** Asks whether the caller is still there; one that has not answered the last time is gone. */
  ping(): void {
    if (this.#alive) this.connection.ping();
    else this.connection.terminate();
    this.#alive = false;
  }

  onText(bytes: Buffer, from: number, to: number, at: bigint): void {
    this.#alive = true;
    this.#pacer.noteRead(at);
    if (this.session) this.session.receive(bytes, from, to, at);
    else this.#count(bytes, from, to, at);
  }

  onBinary(): void {
    this.connection.close(1003, 'text messages only');
  }

  onPong(): void {
    this.#alive = true;
  }

  onClosed(code: number): void {
    this.truth.closed = process.hrtime.bigint();
    this.truth.closeCode = code;
    this.session?.close();
    this.#onOver();
  }

  /** Audio is told from other messages by how they begin, without parsing. */
  #count(bytes: Buffer, from: number, to: number, at: bigint): void {
    const beginning = bytes.toString('latin1', from, Math.min(to, from + beginningBytes)).toLowerCase();
    if (beginning.includes('audiodata')) this.truth.frames++;
    else if (beginning.includes('audiometadata')) this.truth.setup ??= at;
  }
}
