/** What a caller sends: ACS media-streaming messages, read with their keys in any case. */
import { samplesOf } from '#contract/audio/level';
import { AudioMessage } from './audioMessage.ts';

export type CallerMessage =
  /** Opens the call. `sampleRate` is null when it is missing or not a usable rate. */
  | { kind: 'setup'; sampleRate: number | null }
  | { kind: 'audio'; silent: boolean; samples: Int16Array }
  /** Readable, but of no consequence here (DTMF, newer kinds). */
  | { kind: 'other' }
  /** Not JSON, or without what its kind needs. */
  | { kind: 'unreadable' };

const equals = 0x3d;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field by its name in any case; `name` is tried as it stands first. */
function field(fields: Fields, name: string): unknown {
  if (name in fields) return fields[name];
  const wanted = name.toLowerCase();
  for (const key in fields) if (key.toLowerCase() === wanted) return fields[key];
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads messages one after the other. Samples are lent: they hold until the next message is read. */
export class CallerMessages {
  readonly #audio = new AudioMessage();
  #decoded = Buffer.alloc(0);
  #samples: Int16Array = new Int16Array(0);

  /** Reads one text message, `bytes` from `from` to `to`. Never throws. */
  read(bytes: Buffer, from = 0, to = bytes.length): CallerMessage {
    if (this.#audio.find(bytes, from, to)) {
      const samples = this.#decode(bytes, this.#audio.from, this.#audio.to);
      if (samples) return { kind: 'audio', silent: this.#audio.silent, samples };
    }
    return parseCallerMessage(bytes.toString('utf8', from, to));
  }

  /**
   * Base64 as it should be: whole groups of four, nothing between them. The decoder passes over anything else, which
   * then is missing in what it makes: null (it may have been an escape).
   */
  #decode(bytes: Buffer, from: number, to: number): Int16Array | null {
    const length = to - from;
    if (length % 4 !== 0) return null;
    const padding = bytes[to - 1] !== equals || length === 0 ? 0 : bytes[to - 2] !== equals ? 1 : 2;
    const decoded = (length / 4) * 3 - padding;
    if (this.#decoded.length < decoded) {
      this.#decoded = Buffer.alloc(decoded);
      this.#samples = new Int16Array(0);
    }
    if (this.#decoded.write(bytes.toString('latin1', from, to), 'base64') !== decoded) return null;
    const samples = decoded >> 1;
    if (this.#samples.length !== samples) this.#samples = samplesOf(this.#decoded.subarray(0, samples * 2));
    return this.#samples;
  }
}

/** Reads one text message whole. Never throws. */
export function parseCallerMessage(text: string): CallerMessage {
  const message = parse(text);
  if (!isFields(message)) return { kind: 'unreadable' };
  const kind = field(message, 'kind');
  if (typeof kind !== 'string') return { kind: 'other' };
  switch (kind.toLowerCase()) {
    case 'audiodata': {
      const audio = field(message, 'audioData');
      const data = isFields(audio) ? field(audio, 'data') : undefined;
      if (!isFields(audio) || typeof data !== 'string') return { kind: 'unreadable' };
      return {
        kind: 'audio',
        silent: field(audio, 'silent') === true,
        samples: samplesOf(Buffer.from(data, 'base64')),
      };
    }
    case 'audiometadata': {
      const metadata = field(message, 'audioMetadata');
      const rate = isFields(metadata) ? field(metadata, 'sampleRate') : undefined;
      const usable = typeof rate === 'number' && Number.isInteger(rate) && rate >= 8000 && rate <= 48_000;
      return { kind: 'setup', sampleRate: usable ? rate : null };
    }
    default:
      return { kind: 'other' };
  }
}
