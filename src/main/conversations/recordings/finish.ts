/** What is done to a recording on request: silence cut at both ends, speech brought to the level of the other clips. */
import { levelOf, levelWindowMs, rms } from '#contract/audio/level';
import { fail, ok, type Result } from '#contract/errors';
import { levelled, measureSpeech, trimSilence } from '../../audio/speech.ts';
import { clipSampleRate } from '../../audio/voices/voice.ts';
import type { ClipSamples } from './decode.ts';

export interface FinishOptions {
  /** Cut silence at both ends to 100 ms. */
  trim: boolean;
  normalise: boolean;
}

const window = (clipSampleRate * levelWindowMs) / 1000;
/** A microphone that is muted still hums; nothing that was said is so quiet. In dBFS. */
const silence = -60;
/** Changes so small are not worth a note. */
const leastChange = 0.1;

function loudest(samples: Int16Array): number {
  let most = 0;
  for (let i = 0; i < samples.length; i += window)
    most = Math.max(most, rms(samples, i, Math.min(i + window, samples.length)));
  return levelOf(most);
}

function trimmed(samples: Int16Array, notes: string[]): Int16Array {
  const out = trimSilence(samples) ?? samples;
  const cut = (samples.length - out.length) / clipSampleRate;
  if (cut >= leastChange) notes.push(`Trimmed ${cut.toFixed(1)} s of silence.`);
  return out;
}

function normalised(samples: Int16Array, notes: string[]): Int16Array {
  const figures = measureSpeech(samples);
  if (!figures) return samples;
  const out = levelled(samples, figures);
  const change = (measureSpeech(out)?.level ?? figures.level) - figures.level;
  if (Math.abs(change) < leastChange) return samples;
  notes.push(`Made ${Math.abs(change).toFixed(1)} dB ${change > 0 ? 'louder' : 'quieter'}.`);
  return out;
}

/** Error: `recording_silent`. `name` begins its sentence. */
export function finishRecording(
  recording: ClipSamples,
  options: FinishOptions,
  name: string,
): Result<ClipSamples> {
  const level = loudest(recording.samples);
  if (level < silence) {
    const heard = level === -Infinity ? 'nothing at all' : `nothing above ${Math.round(level)} dBFS`;
    return fail(
      'invalid_input',
      'recording_silent',
      `${name} is silent (${heard} is heard); check the microphone or the file, and record it again.`,
    );
  }
  const notes = [...recording.notes];
  let { samples } = recording;
  if (options.normalise) samples = normalised(samples, notes);
  if (options.trim) samples = trimmed(samples, notes);
  return ok({ samples, notes });
}
