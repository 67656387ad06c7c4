import type { RecordedCall } from '#contract/recording';
import type { TurnRecord } from '#contract/run';
import { api } from '../api/index.ts';
import { formatRoute } from '../navigation/routes.ts';

/** A turn may begin in the slot in which its call was opened. */
const slackMs = 20;

/** What was kept of a call beside its measurements. */
export type Kept = 'sound' | 'messages' | 'nothing';

/** Where a call is shown, and what was kept of it. */
export interface ShownCall {
  href: string;
  kept: Kept;
}

type SpokenTurn = Pick<TurnRecord, 'callId' | 'startedAt' | 'turn'>;

/** Where the call of a turn is shown when nothing is known of its recording: its connections are looked through there. */
export function unknownTurn(runId: string, { callId, turn }: SpokenTurn): ShownCall {
  const spoken = turn > 0 ? { turn } : {};
  return {
    href: formatRoute({ screen: 'call', run: runId, call: callId, attempt: 1, ...spoken }),
    kept: 'nothing',
  };
}

/** Which calls of a run were recorded. Where it cannot be told, none was. */
export class RecordedCalls {
  readonly #runId: string;
  #calls: Partial<Record<string, RecordedCall[]>> = $state.raw({});

  constructor(runId: string) {
    this.#runId = runId;
  }

  async load(): Promise<void> {
    const answer = await api.runs.recordings({ runId: this.#runId });
    if (answer.ok) this.#calls = Object.groupBy(answer.value, (call) => call.callId);
  }

  /** A connection of a call. */
  ofCall(callId: string, attempt: number): ShownCall {
    const found = this.#calls[callId]?.find((call) => call.attempt === attempt);
    const href = formatRoute({ screen: 'call', run: this.#runId, call: callId, attempt });
    return { href, kept: keptOf(found) };
  }

  /** The connection a turn was spoken in. */
  ofTurn(turn: SpokenTurn): ShownCall {
    const own = this.#calls[turn.callId] ?? [];
    const found = own.findLast((call) => call.startedAt - slackMs <= turn.startedAt);
    if (!found) return unknownTurn(this.#runId, turn);
    const { callId, attempt } = found;
    const href = formatRoute({
      screen: 'call',
      run: this.#runId,
      call: callId,
      attempt,
      ...(turn.turn > 0 ? { turn: turn.turn } : {}),
    });
    return { href, kept: keptOf(found) };
  }
}

function keptOf(call: RecordedCall | undefined): Kept {
  return call === undefined ? 'nothing' : call.audio ? 'sound' : 'messages';
}
