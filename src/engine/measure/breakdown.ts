/** Turns counted by their place in the call, conversation or users entry. */
import { breakdowns, type BreakdownBy, type BreakdownRow } from '#contract/review';
import type { TurnRecord } from '#contract/run';
import type { LatencyHistogram } from './histogram.ts';

type Tally = Pick<BreakdownRow, 'turns' | 'ok' | 'failed' | 'timedOut' | 'bargeIns'>;

/** The turns of a run, counted each of these ways. Latencies come from the histograms that the run has anyway. */
export class Breakdowns {
  readonly #tallies: Record<BreakdownBy, Map<string, Tally>> = {
    turn: new Map(),
    conversation: new Map(),
    user: new Map(),
  };

  turn(turn: TurnRecord): void {
    for (const by of breakdowns) {
      const key = String(turn[by]);
      let tally = this.#tallies[by].get(key);
      if (tally === undefined)
        this.#tallies[by].set(key, (tally = { turns: 0, ok: 0, failed: 0, timedOut: 0, bargeIns: 0 }));
      tally.turns++;
      if (turn.status === 'ok') tally.ok++;
      else if (turn.status !== 'cut') tally.failed++;
      if (turn.status === 'timeout') tally.timedOut++;
      if (turn.bargeInOutcome !== null) tally.bargeIns++;
    }
  }

  /** `histogram` gives the one of a key like `ttfa|turn=2`. Turns in their order, the others by name. */
  rows(by: BreakdownBy, histogram: (key: string) => LatencyHistogram | undefined): BreakdownRow[] {
    const rows = [...this.#tallies[by]].map(([key, tally]): BreakdownRow => {
      const at = (metric: string, p: number) => histogram(`${metric}|${by}=${key}`)?.percentile(p) ?? null;
      const ended = tally.ok + tally.failed;
      return {
        key,
        ...tally,
        success: ended === 0 ? null : tally.ok / ended,
        ttfaP50: at('ttfa', 50),
        ttfaP95: at('ttfa', 95),
        recognitionP95: at('recognition', 95),
        processingP95: at('processing', 95),
        turnP95: at('turn', 95),
        bargeInP95: at('barge_in', 95),
      };
    });
    return rows.sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
  }
}
