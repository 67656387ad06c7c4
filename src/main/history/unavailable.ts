import { type AppError, type Result } from '#contract/errors';
import type { History } from './history.ts';

/** Stands in where no database can be used at all: runs go on without it, and every question is answered with why. */
export function unavailableHistory(error: AppError): History {
  const why = <T>(): Promise<Result<T>> => Promise.resolve({ ok: false, error });
  const nothing = () => () => {};
  return {
    createRun: () => {},
    append: () => {},
    notice: () => {},
    finishRun: why,
    list: why,
    get: why,
    samples: why,
    row: why,
    restore: why,
    purge: why,
    edit: why,
    setBaseline: why,
    baselineOf: why,
    setComparison: why,
    addMarker: why,
    removeMarker: why,
    series: why,
    errorList: why,
    connectionsOf: why,
    values: why,
    breakdown: why,
    heatMap: why,
    connections: why,
    audio: why,
    summaries: why,
    scenarios: why,
    importRun: why,
    facts: why,
    backup: why,
    prunePlan: why,
    prune: why,
    appendSeries: () => {},
    turns: why,
    calls: why,
    errors: why,
    histograms: why,
    remove: why,
    onChange: nothing,
    onNotice: nothing,
    onSlow: nothing,
    notices: () => [],
    close: () => Promise.resolve({ ok: true, value: undefined }),
  };
}
