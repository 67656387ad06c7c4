import { textFrame } from './wire/frames.ts';

/** What an outlet needs of the connection under it. */
export interface Wire {
  readonly open: boolean;
  readonly waiting: number;
  write(frames: Buffer): void;
  close(code: number, reason?: string): void;
  terminate(): void;
}

/**
 * The sending side of one call. Every send returns its stamp, taken immediately before the bytes are handed to the
 * socket: the operating system has them when `send` returns, so nothing can arrive at the caller before its stamp.
 */
export class Outlet {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get open(): boolean {
    return this.#wire.open;
  }

  /** Bytes the caller has not taken yet. */
  get waiting(): number {
    return this.#wire.waiting;
  }

  /** Sends one text message. */
  send(message: string): bigint {
    return this.sendFrames(textFrame(message));
  }

  /** Sends messages that are framed already, one or several in one piece. */
  sendFrames(frames: Buffer): bigint {
    const stamp = process.hrtime.bigint();
    this.#wire.write(frames);
    return stamp;
  }

  /** Ends the call with a close code; 1006 destroys the socket without a word. */
  drop(code: number, reason = ''): void {
    if (code === 1006) this.#wire.terminate();
    else this.#wire.close(code, reason);
  }
}
