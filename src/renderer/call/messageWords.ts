/** What a message is, in words. */
import type { RecordedMessage } from '#contract/recording';
import { formatCount, formatMs } from '../format/quantities.ts';

/** `640 ms of audio in 32 frames, at most −21 dBFS`; null for anything else. */
export function audioWords({ audioMs, count, level }: RecordedMessage): string | null {
  if (audioMs === null) return null;
  const frames = count === 1 ? 'one frame' : `${formatCount(count)} frames`;
  const loudness = level === null ? '' : `, at most ${levelWords(level)}`;
  return `${formatMs(audioMs)} of audio in ${frames}${loudness}`;
}

/** `−21 dBFS`. */
function levelWords(level: number): string {
  return `${level.toFixed(0).replace('-', '−')} dBFS`;
}
