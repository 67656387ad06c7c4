/** The charts of a run whose users make requests. */
import { arrivalsOver } from '../charts/sampleSeries.ts';
import { seriesColours } from '../charts/seriesColours.ts';
import { exactCount, exactMs, formatCount, formatMs } from '../format/quantities.ts';
import { latency, type Listed, mean, peak, perSecond } from './chartParts.ts';

/** How long requests took. */
export const requestLatencies: Listed[] = [
  {
    name: 'request',
    title: 'Response time',
    about:
      'From when a request was to begin until its answer had ended, over the last 10 s: waiting for a free user, a connection or the generator counts. Drag to zoom, shift-drag to move, Ctrl-wheel zooms, double-click shows everything.',
    lines: [
      {
        label: 'p50',
        colour: seriesColours['request.p50'],
        column: 'requestP50',
        whole: latency('request', 'p50'),
      },
      {
        label: 'p95',
        colour: seriesColours['request.p95'],
        width: 2,
        column: 'requestP95',
        whole: latency('request', 'p95'),
      },
      {
        label: 'p99',
        colour: seriesColours['request.p99'],
        column: 'requestP99',
        whole: latency('request', 'p99'),
      },
    ],
    format: formatMs,
    exact: exactMs,
    least: 10,
    empty: 'No answer yet',
    grow: 2.2,
    height: 130,
  },
];

/** Of runs with streamed answers. */
export const timeToFirstToken: Listed = {
  name: 'first-token',
  title: 'Time to first token',
  about: 'From when a request was sent to the first token of its streamed answer, over the last 10 s.',
  lines: [
    {
      label: 'p50',
      colour: seriesColours['first_token.p50'],
      column: 'firstTokenP50',
      whole: latency('first_token', 'p50'),
    },
    {
      label: 'p95',
      colour: seriesColours['first_token.p95'],
      width: 2,
      column: 'firstTokenP95',
      whole: latency('first_token', 'p95'),
    },
  ],
  format: formatMs,
  exact: exactMs,
  least: 10,
  empty: 'No token yet',
};

/** Requests and iterations a second. */
export const requestTraffic: Listed[] = [
  {
    name: 'requests',
    title: 'Requests',
    about: 'Requests that ended each second, those that failed on top of those that went well.',
    kind: 'piled bars',
    lines: [
      {
        label: 'ok /s',
        colour: seriesColours['rate.requests_ok'],
        column: 'requestsOk',
        whole: mean('requestsOk', perSecond, 'requests ok'),
      },
      {
        label: 'failed /s',
        colour: seriesColours['rate.requests_failed'],
        column: 'requestsFailed',
        whole: mean('requestsFailed', perSecond, 'requests failed'),
      },
    ],
    format: perSecond,
    exact: exactCount,
    empty: 'No request has ended yet',
  },
  {
    name: 'iterations',
    title: 'Iterations',
    about: `Tasks, or passes through the steps, that users ended each second: over the last ${arrivalsOver} s.`,
    lines: [
      {
        label: 'ended /s',
        colour: seriesColours['rate.iterations'],
        column: 'iterations',
        whole: mean('iterations', perSecond, 'iterations'),
      },
    ],
    format: perSecond,
    exact: exactCount,
    empty: 'No iteration has ended yet',
    height: 64,
  },
];

/** Of runs in which nobody speaks. */
export const requestUsers: Listed = {
  name: 'users',
  title: 'Users',
  about: 'Users the load profile asks for, and users that are at work.',
  lines: [
    { label: 'asked', colour: seriesColours['calls.asked'], dashed: true, column: 'asked' },
    {
      label: 'active',
      colour: seriesColours['calls.active'],
      width: 2,
      area: true,
      column: 'active',
      whole: peak,
    },
  ],
  format: formatCount,
  exact: exactCount,
  least: 2,
  whole: true,
  empty: 'No user has begun yet',
};

/** Of runs in which nobody speaks. */
export const requestArrivals: Listed = {
  name: 'arrivals',
  title: 'Arrivals',
  about: `Iterations that were to begin each second, those that ended, and those that never began because the load was over first: over the last ${arrivalsOver} s. One that finds all users busy waits, and its wait counts.`,
  lines: [
    {
      label: 'asked /s',
      colour: seriesColours['arrivals.asked'],
      dashed: true,
      column: 'arrivalsAsked',
      whole: mean('arrivalsAsked', perSecond, 'iterations asked for'),
    },
    {
      label: 'ended /s',
      colour: seriesColours['arrivals.started'],
      width: 2,
      column: 'iterations',
      whole: mean('iterations', perSecond, 'iterations'),
    },
    { label: 'dropped /s', colour: seriesColours['arrivals.dropped'], column: 'arrivalsDropped' },
  ],
  format: formatCount,
  exact: exactCount,
  empty: 'Nobody has arrived yet',
};
