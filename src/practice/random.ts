/** Repeatable chance: the same seeds give the same numbers on every machine. */
import type { Delay } from '#contract/practice';

/** Draws a number in [0, 1). */
export type Random = () => number;

/**
 * A generator (sfc32) of its own for each combination of seeds, so that one call's draws never depend on another's
 * and one turn's never on how many the turn before it took.
 */
export function createRandom(...seeds: number[]): Random {
  let state = 0x9e3779b9;
  const mix = (word: number): number => {
    state = (state ^ word) >>> 0;
    state = Math.imul(state ^ (state >>> 16), 0x85ebca6b) >>> 0;
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) >>> 0;
    state = (state ^ (state >>> 16)) >>> 0;
    return state;
  };
  for (const seed of seeds) {
    mix(seed >>> 0);
    mix(Math.floor(seed / 2 ** 32) >>> 0);
  }
  let a = mix(1);
  let b = mix(2);
  let c = mix(3);
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** One delay in milliseconds. Always takes two draws, whatever the kind, so that other draws stay where they are. */
export function drawDelay(delay: Delay, random: Random): number {
  const u = random();
  const v = random();
  switch (delay.kind) {
    case 'fixed':
      return delay.value;
    case 'uniform':
      return delay.min + u * (Math.max(delay.max, delay.min) - delay.min);
    case 'lognormal': {
      const normal = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
      const value = delay.median * Math.exp(delay.sigma * normal);
      return delay.max === undefined ? value : Math.min(value, delay.max);
    }
  }
}
