/** Which number of calls is tried next, and what the tries say in the end. Knows no clock and no engine. */
import type { Calibration, CalibrationProbe } from '#contract/calibration';

const growth = 1.5;
const bisections = 2;

export interface SearchBounds {
  /** The number of calls to begin with. */
  first: number;
  /** More are never tried: the machine's limits. */
  most: number;
}

interface Standing {
  /** Most calls that were carried. */
  best: number;
  /** Fewest calls that were not, also when tried again; infinity while there are none. */
  ceiling: number;
  /** Tries since the ceiling was found. */
  since: number;
  /** A number that was not carried once and is worth another try: a moment's disturbance must not decide the search. */
  doubtful: number | null;
}

function standing(probes: readonly CalibrationProbe[]): Standing {
  const stand: Standing = { best: 0, ceiling: Number.POSITIVE_INFINITY, since: 0, doubtful: null };
  for (const { calls, carried } of probes) {
    const growing = stand.ceiling === Number.POSITIVE_INFINITY;
    if (!growing) stand.since++;
    if (carried) {
      stand.best = Math.max(stand.best, calls);
      stand.doubtful = null;
    } else if (growing && stand.doubtful !== calls) {
      stand.doubtful = calls;
    } else {
      stand.doubtful = null;
      stand.ceiling = Math.min(stand.ceiling, calls);
    }
  }
  return stand;
}

/**
 * The next number of calls to try; null when the search is over. It grows by half until a number is not carried twice,
 * then halves the gap twice. A practice agent that was overrun ends it: more would say nothing of this program.
 */
export function nextProbe(probes: readonly CalibrationProbe[], bounds: SearchBounds): number | null {
  if (probes.some((probe) => probe.agentOverrun)) return null;
  const first = Math.max(1, Math.min(bounds.first, bounds.most));
  if (probes.length === 0) return first;
  const { best, ceiling, since, doubtful } = standing(probes);
  if (doubtful !== null) return doubtful;
  if (ceiling === Number.POSITIVE_INFINITY) {
    const next = Math.min(bounds.most, Math.ceil(best * growth));
    return next > best ? next : null;
  }
  const middle = Math.round((best + ceiling) / 2);
  return since >= bisections || middle <= best || middle >= ceiling ? null : middle;
}

/** What the tries have found; null when nothing was carried. */
export function outcomeOf(
  probes: readonly CalibrationProbe[],
  bounds: SearchBounds,
): Pick<Calibration, 'calls' | 'endedBy'> | null {
  const { best, ceiling } = standing(probes);
  if (best === 0) return null;
  if (ceiling < Number.POSITIVE_INFINITY) return { calls: best, endedBy: 'generator' };
  if (probes.some((probe) => probe.agentOverrun)) return { calls: best, endedBy: 'agent' };
  return { calls: best, endedBy: best >= bounds.most ? 'limits' : 'time' };
}
