/** One turn of a call: the caller's utterance, what chance has in store for it, and what became of it. */
import type { PracticeConfig } from '#contract/practice';
import type { FrameMoment } from './hearing/endpointing.ts';
import { drawTurn, type TurnDraws } from './faults.ts';
import { msOf } from './time.ts';
import { TurnTruth } from './truth.ts';

export interface CallIdentity {
  callId: string;
  /** As it appears in the agent's own messages. */
  sessionId: string;
  /** The how-manyth call the agent sees, from 1: with the seed it decides all chance in the call. */
  number: number;
}

export interface Turn {
  readonly truth: TurnTruth;
  readonly draws: TurnDraws;
  transcribed: boolean;
  /** Its answer is over, or it gets none. */
  over: boolean;
}

/** The call's `number`-th turn (from 1), as it begins. */
export function beginTurn(
  config: PracticeConfig,
  call: CallIdentity,
  number: number,
  onset: FrameMoment,
): Turn {
  return {
    truth: new TurnTruth(call.callId, number, onset),
    draws: drawTurn(config, call.number, number),
    transcribed: false,
    over: false,
  };
}

/** What the agent claims to have understood: it hears energy, not words. */
export function transcriptOf({ truth }: Turn): string {
  const seconds = msOf((truth.endOfSpeech?.at ?? truth.onset.at) - truth.onset.at) / 1000;
  return `Utterance ${truth.turn} of the caller, ${seconds.toFixed(2)} s long.`;
}
