/** Why a part of the review has nothing to show, in a sentence; null where it has something. */
import { metricLabels } from '#contract/metrics';
import type { AudioReview, BreakdownRow, ConnectionReview, Distribution, HeatMap } from '#contract/review';

interface Reviewed {
  imported: boolean;
  /** Whether the run goes on. */
  live: boolean;
  /** Whether only a stretch of time is looked at. */
  zoomed: boolean;
}

export function whyNothing({ imported, live, zoomed }: Reviewed) {
  const say = (ofImported: string, soFar: string, over: string) =>
    imported ? ofImported : live ? soFar : over;
  const noTurns = say(
    'These results do not contain single turns.',
    'No turn has ended yet.',
    'No call of this run got as far as a turn; the errors say why.',
  );
  return {
    values: (all: readonly Distribution[]): string | null =>
      all.length > 0
        ? null
        : say(
            'These results have no latency by Crosstalk’s definitions.',
            'Nothing has been measured yet.',
            'Nothing was measured in this run; the errors say why.',
          ),
    rows: (rows: readonly BreakdownRow[]): string | null => (rows.length > 0 ? null : noTurns),
    heatMap: (map: HeatMap): string | null => {
      if (map.counts.some((column) => column.some((count) => count > 0))) return null;
      const name = metricLabels[map.metric].toLowerCase();
      const where = zoomed ? ' in this stretch' : live ? ' so far' : ' in this run';
      if (imported) return 'These results do not say when which value was measured.';
      if (map.metric === 'barge_in' || map.metric === 'leftover_audio')
        return `No interruption${where}, so there is no ${name}.`;
      return `No single value of ${name} was kept${where}.`;
    },
    connections: (life: ConnectionReview): string | null =>
      life.attempts > 0
        ? null
        : say(
            'These results do not contain single connections.',
            'No connection has ended yet.',
            'No connection was attempted in this run.',
          ),
    audio: (audio: AudioReview): string | null =>
      audio.answers > 0
        ? null
        : say(noTurns, 'No answer has been heard yet.', 'No answer was heard in this run.'),
  };
}
