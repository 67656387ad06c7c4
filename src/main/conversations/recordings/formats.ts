/** What a file of audio is, by its name and by its first bytes, where it is neither WAV nor raw samples. */
import { looksLikeMp3 } from './mpeg.ts';

const byExtension: Record<string, string> = {
  mp3: 'an MP3 file',
  ogg: 'an Ogg file',
  oga: 'an Ogg file',
  opus: 'an Opus file',
  m4a: 'an M4A file',
  mp4: 'an MP4 file',
  aac: 'an AAC file',
  flac: 'a FLAC file',
  webm: 'a WebM file',
  wma: 'a WMA file',
  aif: 'an AIFF file',
  aiff: 'an AIFF file',
};

const bigEndian = 'a WAV file of the big-endian kind (RIFX)';
/** Browser engines know these no better; the last they even play as noise. */
const decodedNowhere: readonly string[] = ['an AIFF file', 'a WMA file', bigEndian];

/** `an MP3 file`, by its name; null when it is none of those. */
export function foreignAudio(name: string): string | null {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? null) : null;
}

/** The same by its first bytes, which are believed before the name. */
export function foreignContent(head: Uint8Array): string | null {
  const text = (at: number, length: number) => String.fromCharCode(...head.subarray(at, at + length));
  if (text(0, 4) === 'OggS') return 'an Ogg file';
  if (text(0, 4) === 'fLaC') return 'a FLAC file';
  if (text(0, 3) === 'ID3' || looksLikeMp3(head)) return 'an MP3 file';
  if (text(0, 4) === 'FORM' && text(8, 3) === 'AIF') return 'an AIFF file';
  if (text(4, 4) === 'ftyp') return 'an M4A file';
  if (text(0, 4) === '\x1aE\xdf\xa3') return 'a WebM file';
  if (text(0, 4) === 'RIFX') return bigEndian;
  return null;
}

/** What to do with a file that is not read here. `is` is like `an MP3 file`. */
export function foreignSentence(name: string, is: string): string {
  if (decodedNowhere.includes(is))
    return `${name} is ${is}, which is not read here; convert it to an ordinary WAV file and bring in that.`;
  return `${name} is ${is}; bring it in with Import in the studio, whose browser engine decodes it, or convert it to WAV.`;
}
