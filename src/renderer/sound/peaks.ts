/** Outlines of sound for drawing: lowest and highest of each stretch, alternating, −1…1 (the form `TurnAudio.peaks` has). */

/** The outline of samples in −1…1 in at most `stretches` stretches. */
export function peaksOf(samples: Float32Array, stretches: number): number[] {
  const count = Math.min(stretches, samples.length);
  const peaks: number[] = [];
  for (let i = 0; i < count; i++) {
    const to = Math.floor(((i + 1) * samples.length) / count);
    let low = Infinity;
    let high = -Infinity;
    for (let at = Math.floor((i * samples.length) / count); at < to; at++) {
      const value = samples[at] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    peaks.push(low, high);
  }
  return peaks;
}

/** Lows and highs apart, as distances from the middle line: how wavesurfer.js takes the two halves of an outline. */
export function halves(peaks: readonly number[]): { above: number[]; below: number[] } {
  const above: number[] = [];
  const below: number[] = [];
  for (let i = 0; i + 1 < peaks.length; i += 2) {
    below.push(Math.max(0, -(peaks[i] ?? 0)));
    above.push(Math.max(0, peaks[i + 1] ?? 0));
  }
  return { above, below };
}

/** The outline as the path of an SVG of that size; empty for no sound. A silent stretch is drawn as a thin line. */
export function outlinePath(peaks: readonly number[], width: number, height: number): string {
  const count = Math.floor(peaks.length / 2);
  if (count === 0) return '';
  const middle = height / 2;
  const thin = 0.4;
  const forth: string[] = [];
  const back: string[] = [];
  for (let i = 0; i < count; i++) {
    const x = count === 1 ? 0 : ((i * width) / (count - 1)).toFixed(2);
    const high = Math.max(thin, (peaks[2 * i + 1] ?? 0) * middle);
    const low = Math.max(thin, -(peaks[2 * i] ?? 0) * middle);
    forth.push(`${x},${(middle - high).toFixed(2)}`);
    back.push(`${x},${(middle + low).toFixed(2)}`);
  }
  if (count === 1) {
    forth.push(`${width},${forth[0]?.split(',')[1] ?? middle}`);
    back.push(`${width},${back[0]?.split(',')[1] ?? middle}`);
  }
  return `M${forth.join('L')}L${back.reverse().join('L')}Z`;
}
