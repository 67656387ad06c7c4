/** A caller for the agent's own tests: sends frames as asked and keeps everything that arrives, in order. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Arrival =
  | { kind: 'audio'; at: bigint; bytes: number; samples: Int16Array }
  | { kind: 'stop'; at: bigint; text: string }
  | { kind: 'status'; at: bigint; sender: string; message: string }
  | { kind: 'tool'; at: bigint; type: string }
  | { kind: 'unreadable'; at: bigint; text: string };

const samplesPerFrame = 320;

function frameText(samples: Int16Array, silent = false): string {
  const data = Buffer.from(samples.buffer).toString('base64');
  return JSON.stringify({ kind: 'AudioData', audioData: { data, silent } });
}

/** 20 ms of a tone at about −20 dBFS. */
export const voiced = Int16Array.from({ length: samplesPerFrame }, (_, i) =>
  Math.round(4600 * Math.sin(i / 4)),
);
/** 20 ms of a line on which nobody speaks. */
export const quiet = Int16Array.from({ length: samplesPerFrame }, (_, i) => (i % 2 === 0 ? 10 : -10));

export class TestCaller {
  readonly arrivals: Arrival[] = [];
  readonly closed: Promise<{ code: number }>;
  readonly #socket: WebSocket;
  #changed: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve({ code })));
    socket.on('message', (data: Buffer) => {
      this.arrivals.push(classify(data.toString(), process.hrtime.bigint()));
      this.#changed();
    });
    void this.closed.then(() => this.#changed());
  }

  /** Resolves with the caller, or with the HTTP status of a refusal. */
  static async connect(url: string, callId: string): Promise<TestCaller | number> {
    const socket = new WebSocket(url, {
      headers: { 'x-ms-call-connection-id': callId },
      perMessageDeflate: false,
    });
    const caller = new TestCaller(socket);
    const refused = new Promise<number>((resolve) => {
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
    return Promise.race([once(socket, 'open').then(() => caller), refused]);
  }

  setUp(): void {
    this.sendText(
      JSON.stringify({ kind: 'AudioMetadata', audioMetadata: { sampleRate: 16_000, channels: 1 } }),
    );
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Sends the same 20 ms frame `count` times. */
  say(samples: Int16Array, count: number, silent = false): void {
    for (let i = 0; i < count; i++) this.sendText(frameText(samples, silent));
  }

  of<K extends Arrival['kind']>(kind: K): Extract<Arrival, { kind: K }>[] {
    return this.arrivals.filter((arrival): arrival is Extract<Arrival, { kind: K }> => arrival.kind === kind);
  }

  /** Resolves as soon as `condition` holds, checked after every message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  async hangUp(): Promise<void> {
    this.#socket.close(1000);
    await this.closed;
  }
}

function get(value: unknown, ...path: string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    const match = Object.entries(at).find(([key]) => key.toLowerCase() === name.toLowerCase());
    at = match?.[1];
  }
  return at;
}

function classify(text: string, at: bigint): Arrival {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', at, text };
  }
  const data = get(message, 'audioData', 'data');
  if (typeof data === 'string') {
    const pcm = Buffer.from(data, 'base64');
    const samples = new Int16Array(Uint8Array.from(pcm).buffer);
    return { kind: 'audio', at, bytes: pcm.length, samples };
  }
  if (get(message, 'kind') === 'StopAudio') return { kind: 'stop', at, text };
  const type = get(message, 'type');
  if (type === 'status') {
    const sender = String(get(message, 'sender'));
    return { kind: 'status', at, sender, message: String(get(message, 'payload', 'message')) };
  }
  return { kind: 'tool', at, type: String(type) };
}
