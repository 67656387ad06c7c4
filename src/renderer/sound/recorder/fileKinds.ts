/** What an audio file is by its first bytes: how it is sent, and at which rate it must be decoded so that nothing is lost. */

export type FileKind =
  | { kind: 'wav'; sampleRate: number | null; channels: number | null; durationMs: number | null }
  /** Headerless: taken for 16-bit, mono, 16 kHz. */
  | { kind: 'raw' }
  /** A WAV of the big-endian kind: no program here reads it, and browsers play it as noise. */
  | { kind: 'bigEndian' }
  /** `sampleRate` is the file's own; null where it cannot be told. */
  | { kind: 'coded'; name: string; sampleRate: number | null };

/** Bytes of the start of a file that are looked at. */
export const headBytes = 256 * 1024;

function word(view: DataView, at: number, length = 4): string {
  let text = '';
  for (let i = at; i < Math.min(at + length, view.byteLength); i++)
    text += String.fromCharCode(view.getUint8(i));
  return text;
}

/** What a file is. `head` is its start, `size` its whole length, `name` decides only for raw samples. */
export function fileKind(head: Uint8Array, size: number, name: string): FileKind | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const start = word(view, 0);
  if (/^(RIFF|RF64|BW64)$/.test(start) && word(view, 8) === 'WAVE') return wav(view, size);
  if (start === 'RIFX' && word(view, 8) === 'WAVE') return { kind: 'bigEndian' };
  if (/\.(pcm|raw|s16le)$/i.test(name)) return { kind: 'raw' };
  if (start === 'OggS') return { kind: 'coded', name: 'Ogg', sampleRate: oggRate(head, view) };
  if (start === 'fLaC')
    return {
      kind: 'coded',
      name: 'FLAC',
      sampleRate: view.byteLength >= 22 ? view.getUint32(18) >>> 12 : null,
    };
  if (word(view, 4) === 'ftyp') return { kind: 'coded', name: 'M4A', sampleRate: mp4Rate(head, view) };
  if (start.startsWith('ID3') || isMp3Frame(view, 0))
    return { kind: 'coded', name: 'MP3', sampleRate: mp3Rate(view) };
  if (start === '\x1a\x45\xdf\xa3') return { kind: 'coded', name: 'WebM', sampleRate: null };
  if (/\.(mp3|ogg|oga|opus|m4a|mp4|aac|flac|webm|aif|aiff|caf)$/i.test(name))
    return { kind: 'coded', name: name.replace(/^.*\./, '').toUpperCase(), sampleRate: null };
  return null;
}

function wav(view: DataView, size: number): FileKind {
  let sampleRate: number | null = null;
  let channels: number | null = null;
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const name = word(view, at);
    const length = view.getUint32(at + 4, true);
    if (name === 'fmt ' && at + 20 <= view.byteLength) {
      channels = view.getUint16(at + 10, true);
      sampleRate = view.getUint32(at + 12, true);
      bytesPerSecond = view.getUint32(at + 16, true);
    }
    if (name === 'data') {
      const bytes = Math.min(length, size - at - 8);
      return {
        kind: 'wav',
        sampleRate,
        channels,
        durationMs: bytesPerSecond > 0 ? (bytes * 1000) / bytesPerSecond : null,
      };
    }
    at += 8 + length + (length % 2);
  }
  return { kind: 'wav', sampleRate, channels, durationMs: null };
}

/** Index of a text within the bytes, or −1. */
function find(bytes: Uint8Array, text: string, within: number): number {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0 && at < within; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < text.length && bytes[at + i] === text.charCodeAt(i)) i++;
    if (i === text.length) return at;
  }
  return -1;
}

function oggRate(head: Uint8Array, view: DataView): number | null {
  const vorbis = find(head, '\x01vorbis', 512);
  if (vorbis >= 0 && vorbis + 16 <= view.byteLength) return view.getUint32(vorbis + 12, true);
  // Opus is always decoded at this rate.
  return find(head, 'OpusHead', 512) >= 0 ? 48_000 : null;
}

function mp4Rate(head: Uint8Array, view: DataView): number | null {
  const box = find(head, 'mp4a', head.length);
  if (box < 0 || box + 30 > view.byteLength) return null;
  return view.getUint16(box + 28) || null;
}

const mp3Rates: Record<number, readonly number[]> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
};

function mp3FrameRate(view: DataView, at: number): number | null {
  if (at + 4 > view.byteLength) return null;
  const header = view.getUint32(at);
  const synced = header >>> 21 === 0x7ff;
  const layer = (header >>> 17) & 3;
  const bitRate = (header >>> 12) & 15;
  if (!synced || layer === 0 || bitRate === 15) return null;
  return mp3Rates[(header >>> 19) & 3]?.[(header >>> 10) & 3] ?? null;
}

function isMp3Frame(view: DataView, at: number): boolean {
  return mp3FrameRate(view, at) !== null;
}

function mp3Rate(view: DataView): number | null {
  let at = 0;
  if (word(view, 0, 3) === 'ID3' && view.byteLength >= 10) {
    // Its length is written in four times seven bits.
    for (let i = 6; i < 10; i++) at = at * 128 + (view.getUint8(i) & 127);
    at += 10;
  }
  const last = Math.min(view.byteLength, at + 4096);
  for (; at < last; at++) {
    const rate = mp3FrameRate(view, at);
    if (rate !== null) return rate;
  }
  return null;
}
