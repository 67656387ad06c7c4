/** Which calls of a thread are worth keeping though nobody asked for them: those that failed, and the slowest. */
import type { RecordingPart } from './part.ts';
import type { RememberedCall } from './rememberedCall.ts';

/** The slowest calls of a run that are kept. */
export const slowestKept = 20;
/** Of a thread in one run: a dead target would otherwise fill the disk. */
const failedKept = 50;
const failedAtOnce = 4;

type Identity = Pick<
  RecordingPart,
  'callId' | 'attempt' | 'vu' | 'conversation' | 'startedAt' | 'sampleRate'
>;

/** How a call went. */
export interface RememberedEnd {
  endedAt: number;
  failed: boolean;
  /** Its longest time to first audio, ms; null: none was measured. */
  slowest: number | null;
}

interface Kept {
  call: Identity;
  memory: RememberedCall;
  durationMs: number;
  slowest: number;
}

export class Remembered {
  #failed: Kept[] = [];
  #failedSoFar = 0;
  /** At most `slowestKept`, in no order. */
  #slow: Kept[] = [];

  /** A connection is over. */
  end(call: Identity, memory: RememberedCall, { endedAt, failed, slowest }: RememberedEnd): void {
    const durationMs = endedAt - call.startedAt;
    if (failed && this.#failedSoFar < failedKept) {
      this.#failedSoFar++;
      this.#failed.push({ call, memory, durationMs, slowest: slowest ?? 0 });
    } else if (slowest !== null) this.#keepIfSlow({ call, memory, durationMs, slowest });
  }

  /** Calls that failed, the first ones first. When many fail at once their messages become text a few at a time: frames are to be sent meanwhile. */
  takeFailed(most = failedAtOnce): RecordingPart[] {
    return this.#failed.splice(0, most).map((kept) => partOf(kept, 'failed'));
  }

  /** The slowest of the run so far, for its end. */
  takeSlowest(): RecordingPart[] {
    const taken = this.#slow.map((kept) => partOf(kept, 'slowest'));
    this.#slow = [];
    return taken;
  }

  #keepIfSlow(kept: Kept): void {
    if (this.#slow.length < slowestKept) {
      this.#slow.push(kept);
      return;
    }
    let least = 0;
    for (const [i, { slowest }] of this.#slow.entries())
      if (slowest < (this.#slow[least]?.slowest ?? 0)) least = i;
    if (kept.slowest > (this.#slow[least]?.slowest ?? 0)) this.#slow[least] = kept;
  }
}

function partOf({ call, memory, durationMs, slowest }: Kept, why: 'failed' | 'slowest'): RecordingPart {
  return {
    ...call,
    stretches: [],
    messages: memory.messages(),
    frames: [],
    framesLost: 0,
    incomplete: memory.forgotten ? 'only its last messages were kept' : null,
    ended: true,
    why,
    withoutAudio: { durationMs, slowest },
  };
}

/** The slowest of what several threads kept. */
export function slowestOf(parts: readonly RecordingPart[]): RecordingPart[] {
  return parts
    .toSorted((a, b) => (b.withoutAudio?.slowest ?? 0) - (a.withoutAudio?.slowest ?? 0))
    .slice(0, slowestKept);
}
