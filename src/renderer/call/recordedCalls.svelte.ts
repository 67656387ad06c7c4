import type { RecordedCall } from '#contract/recording';
import type { TurnRecord } from '#contract/run';
import { api } from '../api/index.ts';
import { formatRoute } from '../navigation/routes.ts';

/** A turn may begin in the slot in which its call was opened. */
const slackMs = 20;

/** Which calls of a run were recorded. Nothing is said when it cannot be told: then no row has a link. */
export class RecordedCalls {
  readonly #runId: string;
  #calls: RecordedCall[] = $state.raw([]);

  constructor(runId: string) {
    this.#runId = runId;
  }

  get count(): number {
    return this.#calls.length;
  }

  async load(): Promise<void> {
    const answer = await api.runs.recordings({ runId: this.#runId });
    if (answer.ok) this.#calls = answer.value;
  }

  /** Where the recording of a connection is shown; null: it was not recorded. */
  ofCall(callId: string, attempt: number): string | null {
    const found = this.#calls.find((call) => call.callId === callId && call.attempt === attempt);
    return found ? this.#href(found) : null;
  }

  /** Where the recording of the connection a turn was spoken in is shown. */
  ofTurn(turn: Pick<TurnRecord, 'callId' | 'startedAt'>): string | null {
    const own = this.#calls.filter((call) => call.callId === turn.callId);
    const found = own.findLast((call) => call.startedAt - slackMs <= turn.startedAt);
    return found ? this.#href(found) : null;
  }

  #href({ callId, attempt }: RecordedCall): string {
    return formatRoute({ screen: 'call', run: this.#runId, call: callId, attempt });
  }
}
