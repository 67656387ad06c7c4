/** What a caller sends: ACS media-streaming messages, read with their keys in any case. */
import { samplesOf } from '#contract/audio/level';

export type CallerMessage =
  /** Opens the call. `sampleRate` is null when it is missing or not a usable rate. */
  | { kind: 'setup'; sampleRate: number | null }
  | { kind: 'audio'; silent: boolean; samples: Int16Array }
  /** Readable, but of no consequence here (DTMF, newer kinds). */
  | { kind: 'other' }
  /** Not JSON, or without what its kind needs. */
  | { kind: 'unreadable' };

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

/** Reads one text message. Never throws. */
export function readCallerMessage(text: string): CallerMessage {
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
