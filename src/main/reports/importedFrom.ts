/** Whose results an imported run holds, and what they say of requests. */
import type { ImportedRun, RequestSummary, RunSource } from '#contract/run';

/** As a sentence names it: `Imported from Locust`. */
export const sourceNames: Record<RunSource, string> = {
  crosstalk: 'another Crosstalk',
  locust: 'Locust',
  azure: 'Azure Load Testing',
  k6: 'k6',
};

/** Whether another tool measured a run: there is no seed, no generator of ours, and perhaps no call. */
export function isForeign(imported: ImportedRun | null | undefined): imported is ImportedRun {
  return imported != null && imported.source !== 'crosstalk';
}

/** `GET /start`; a name that says its method already is enough. */
export function requestName({ type, name }: Pick<RequestSummary, 'type' | 'name'>): string {
  return name.startsWith(`${type} `) ? name : `${type} ${name}`.trim();
}
