/** Tells with every run that makes requests how they go by name, on its time axis. */
import type { Publish } from '#contract/api/index';
import type { History } from '../history/history.ts';
import type { RunCompanion } from '../runs/companion.ts';
import { RequestSeries } from './series.ts';

export interface RequestCompanionOptions {
  history: Pick<History, 'appendSeries'>;
  publish: Publish;
}

export function requestCompanion({ history, publish }: RequestCompanionOptions): RunCompanion {
  return {
    name: 'Requests over time',
    begin({ runId, keep, steps = [] }) {
      if (steps.length === 0) return null;
      const series = new RequestSeries(steps);
      return {
        second(batch) {
          const { begun, points } = series.add(batch);
          if (begun.length === 0 && points.length === 0) return;
          if (keep) history.appendSeries(runId, begun, points);
          publish('resources', 'points', { runId, begun, points });
        },
      };
    },
  };
}
