/** What a load will ask for, in the figures above its chart. Pure. */
import type { LoadForecast } from '#contract/api/scenarios';
import type { Load } from '#contract/scenario/file';
import { toLoadProfile } from '#contract/scenario/load';
import { exactCount, formatCount, formatLength } from '../../format/quantities.ts';
import { callWords, inWords, type LoadWords } from './loadWords.ts';

export interface Figure {
  name: string;
  value: string;
  /** In full, for a hover. */
  about: string;
}

/** Bytes a second as network people say it: `1.28 Mbit/s`. */
export function formatBandwidth(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  const [size, unit] =
    bits >= 1e9
      ? [1e9, 'Gbit/s']
      : bits >= 1e6
        ? [1e6, 'Mbit/s']
        : bits >= 1e3
          ? [1e3, 'kbit/s']
          : [1, 'bit/s'];
  const value = bits / size;
  return `${value >= 99.5 || size === 1 ? value.toFixed(0) : Number(value.toPrecision(3))} ${unit}`;
}

const untilBroken: ReadonlySet<string> = new Set([
  'breaking-point',
  'shared-iterations',
  'per-vu-iterations',
]);

/** The figures of a forecast, in their order on screen. */
export function forecastFigures(forecast: LoadForecast, words: LoadWords = callWords): Figure[] {
  const { calls, callMs, peakCalls, framesPerSecond } = forecast;
  const atMost = forecast.executors.some((executor) => untilBroken.has(executor));
  const say = (text: string) => inWords(text, words);
  const who = words.calls ? (words.requests ? 'everything' : 'the agent') : 'the service';
  const estimate = say(`one call takes about ${formatLength(callMs)} when ${who} answers as expected`);
  const peakUnit = words.requests ? 'user' : 'call';
  const unknown = !words.calls && calls.count === 0;
  const figures = [
    {
      name: say('Calls'),
      value: unknown
        ? 'not known'
        : `${calls.exact ? '' : atMost ? 'up to ' : 'about '}${formatCount(calls.count)}`,
      about: unknown
        ? 'As many as the services allow: how long an iteration takes is not known before it was made'
        : calls.exact
          ? say(`${exactCount(calls.count)} calls, as the load says`)
          : say(`${atMost ? 'Up to about' : 'About'} ${exactCount(calls.count)} calls: ${estimate}`),
    },
    {
      name: 'Peak',
      value: `${formatCount(peakCalls)} ${peakUnit}${peakCalls === 1 ? '' : 's'}`,
      about: `At most ${exactCount(peakCalls)} ${peakUnit}s at once${words.calls ? `, ${exactCount(Math.round(framesPerSecond))} frames sent in a second` : ''}`,
    },
    {
      name: 'Duration',
      value: `${atMost ? 'at most ' : ''}${formatLength(forecast.durationMs)}`,
      about: `${atMost ? 'At most ' : ''}${formatLength(forecast.durationMs)}, and then the graceful stop`,
    },
    {
      name: 'Audio at the peak',
      value: `↑ ${formatBandwidth(forecast.sentBytesPerSecond)}  ↓ ${formatBandwidth(forecast.receivedBytesPerSecond)}`,
      about: `Sent ${exactCount(Math.round(forecast.sentBytesPerSecond))} bytes a second on the wire; received, as expected, ${exactCount(Math.round(forecast.receivedBytesPerSecond))}`,
    },
  ];
  // Without calls there is no audio whose bytes could be foretold.
  return words.calls ? figures : figures.slice(0, -1);
}

export const judgedWords: Record<LoadForecast['machine']['judged'], string> = {
  fits: 'Fits this machine',
  tight: 'Tight on this machine',
  too_much: 'Too much for this machine',
  unknown: 'Not known for this machine',
};

/** Says when arrivals will be dropped, or wait, because more calls are open at once than may be; null where they fit. */
export function arrivalShortage(
  load: Load,
  callMs: number | null,
  words: LoadWords = callWords,
): string | null {
  const profile = toLoadProfile(load);
  if (profile.kind !== 'arrivals' || callMs === null) return null;
  const rate = Math.max(profile.startRate, ...profile.stages.map((stage) => stage.target));
  const open = Math.ceil((rate * callMs) / 1000);
  if (open <= profile.maxUsers) return null;
  return (
    `With ${formatCount(Number(rate.toPrecision(3)))} ${words.many} a second of about ${formatLength(callMs)} each, about ` +
    `${exactCount(open)} are open at once: only ${exactCount(profile.maxUsers)} may be, so arrivals will ${words.requests ? 'wait' : 'be dropped'}.`
  );
}
