/** The markers of a run: on its charts, and the moment of one as it is typed. Pure. */
import type { RunMarker } from '#contract/run';
import type { ChartMarker } from '../charts/chartGroup.ts';

/** As the charts draw them, in order of time. */
export function chartMarkers(markers: readonly RunMarker[]): ChartMarker[] {
  return markers
    .map(({ t, text, kind }) => ({
      t,
      text,
      colour: kind === 'operator' ? '--accent-text' : '--series-neutral',
    }))
    .sort((a, b) => a.t - b.t);
}

/** Seconds of a moment as it is typed: `95`, `1:35`, `1:02:03`, with a fraction or not; null when it is none. */
export function readMoment(text: string): number | null {
  const parts = text.trim().split(':');
  const fits = /^\d{1,6}([.,]\d+)?$/.test(parts.at(-1) ?? '');
  if (!fits || parts.length > 3 || !parts.slice(0, -1).every((part) => /^\d{1,6}$/.test(part))) return null;
  return parts.reduce((seconds, part) => seconds * 60 + Number(part.replace(',', '.')), 0);
}
