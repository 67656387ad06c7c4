/** A plan's clips as frames, encoded once per protocol and shared by every call of the worker. */
import { rms } from '#contract/audio/level';
import { voicedFrames, type Utterance } from '../call/microphone.ts';
import type { PlanAudio, PlanClip } from '../plan.ts';
import type { EncodedFrame, ProtocolAdapter } from '../protocols/adapter.ts';
import { Random } from '../random.ts';
import type { FrameSounds } from '../recording/callRecorder.ts';

/** What a microphone hears in a quiet room: ±10 of 32,768. */
const quietAmplitude = 10;
const quietSeconds = 1;

export interface EncodedAudio {
  utterances: Utterance[];
  quiet: EncodedFrame[];
  /** Bytes on the wire of one second of audio. */
  bytesPerSecond: number;
  /** What the frames sound like; null when nothing is recorded. */
  sounds: FrameSounds | null;
}

function noise(samples: Int16Array, random: Random): Int16Array {
  return samples.map(() => Math.round((random.next() * 2 - 1) * quietAmplitude));
}

/** `keepSounds`: the samples are needed later, to record calls. */
export function encodeAudio(
  adapter: ProtocolAdapter,
  clips: readonly PlanClip[],
  audio: PlanAudio,
  keepSounds = false,
): EncodedAudio {
  const sounds = new Map<EncodedFrame, { samples: Int16Array; amplitude: number }>();
  const encode = (samples: Int16Array): EncodedFrame => {
    const frame = adapter.encode(samples);
    if (keepSounds) sounds.set(frame, { samples, amplitude: rms(samples) });
    return frame;
  };
  const samplesPerFrame = Math.round((audio.sampleRate * audio.frameMs) / 1000);
  const random = new Random(1);
  const framesPerSecond = Math.round(1000 / audio.frameMs);
  const quiet = Array.from({ length: framesPerSecond * quietSeconds }, () =>
    encode(noise(new Int16Array(samplesPerFrame), random)),
  );
  const utterances = clips.map((clip): Utterance => {
    const all = new Int16Array(clip.samples);
    const frames: EncodedFrame[] = [];
    for (let at = 0; at < all.length; at += samplesPerFrame) {
      // The last frame is filled up with the noise of the room, not with digital silence.
      const frame = noise(new Int16Array(samplesPerFrame), random);
      frame.set(all.subarray(at, at + samplesPerFrame));
      frames.push(encode(frame));
    }
    return { name: clip.name, frames, ...voicedFrames(clip.voiced, samplesPerFrame) };
  });
  return {
    utterances,
    quiet,
    bytesPerSecond: (quiet[0]?.bytes.length ?? 0) * framesPerSecond,
    sounds: keepSounds ? sounds : null,
  };
}
