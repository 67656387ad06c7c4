import type { CheckFrame } from '#contract/checks';
import type { RecordedCall, RecordedMessage } from '#contract/recording';

/** Which recording it is: one connection of a call. */
export type RecordedIdentity = Pick<
  RecordedCall,
  'callId' | 'attempt' | 'vu' | 'conversation' | 'startedAt' | 'sampleRate'
>;

/** Audio of both sides over the same time: 16-bit samples, as many of each. */
export interface RecordedStretch {
  caller: Int16Array<ArrayBuffer>;
  agent: Int16Array<ArrayBuffer>;
}

/** What there is of a recording since its part before. Parts of a recording join without a gap. */
export interface RecordingPart extends RecordedIdentity {
  stretches: RecordedStretch[];
  messages: RecordedMessage[];
  /** Every frame by itself; empty when the plan does not ask for them. */
  frames: CheckFrame[];
  /** Frames that were left out so far because there were too many. */
  framesLost: number;
  /** Why something is missing; null: nothing so far. */
  incomplete: string | null;
  /** No part follows. */
  ended: boolean;
  /** Why it is kept: it was chosen, or what was remembered of it when it failed or was among the slowest. */
  why: RecordedCall['why'];
  /** Of one that was remembered: how long it was, and its longest time to first audio, ms; null: it has audio. */
  withoutAudio: { durationMs: number; slowest: number } | null;
}
