import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricNames, statistics } from '#contract/metrics';
import {
  compareRuns,
  compareTabs,
  environmentsTabs,
  formatRoute,
  home,
  parseRoute,
  type Route,
  runTabs,
} from './routes.ts';

describe('places in the app', () => {
  it.each<[string, Route]>([
    ['', home],
    ['#/', home],
    ['#/runs', home],
    ['#/runs?q=slow&show=fail,warn', { screen: 'runs', search: 'slow', filters: ['fail', 'warn'] }],
    ['#/runs/01J', { screen: 'run', id: '01J', tab: 'overview' }],
    ['#/runs/01J?tab=turns', { screen: 'run', id: '01J', tab: 'turns' }],
    [
      '#/runs/01J?tab=turns&turn=2&conversation=a%20b',
      { screen: 'run', id: '01J', tab: 'turns', turn: 2, conversation: 'a b' },
    ],
    [
      '#/runs/01J?tab=errors&errorKind=dns&turn=x',
      { screen: 'run', id: '01J', tab: 'errors', errorKind: 'dns' },
    ],
    ['#/runs/01J?tab=nonsense', { screen: 'run', id: '01J', tab: 'overview' }],
    ['#/runs/01J/calls/01J-u1-c2?attempt=2', { screen: 'call', run: '01J', call: '01J-u1-c2', attempt: 2 }],
    ['#/runs/01J/periods', { screen: 'periods', run: '01J', periods: [] }],
    [
      '#/runs/01J/periods?period=after%20the%20TTL&period=a,b',
      { screen: 'periods', run: '01J', periods: ['after the TTL', 'a,b'] },
    ],
    ['#/audio?conversation=a', { screen: 'audio', conversation: 'a' }],
    ['#/compare', compareRuns([])],
    ['#/compare?runs=01J,01K', compareRuns(['01J', '01K'])],
    [
      '#/compare?tab=trends&scenario=a&metric=connect&stat=nonsense&last=1',
      { ...compareRuns([]), tab: 'trends', scenario: 'a', metric: 'connect' },
    ],
    ['#/scenarios', { screen: 'scenarios', path: null }],
    ['#/environments', { screen: 'environments', name: null, tab: 'environments' }],
    ['#/environments?name=a%20b&tab=secrets', { screen: 'environments', name: 'a b', tab: 'secrets' }],
    ['#/check?url=ws://a/b', { screen: 'check', path: null, environment: null, url: 'ws://a/b' }],
    ['#/settings', { screen: 'settings' }],
    ['#/nowhere/at/all', home],
    ['#/runs/%E0%A4%A', { screen: 'run', id: '%E0%A4%A', tab: 'overview' }],
  ])('%s', (hash, route) => expect(parseRoute(hash)).toEqual(route));

  it('reads back every place it names', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const word = fc.stringMatching(/^[a-z_]+$/);
    const anyRoute: fc.Arbitrary<Route> = fc.oneof(
      fc.record({
        screen: fc.constant('runs' as const),
        search: text,
        filters: fc.array(word, { maxLength: 3 }),
      }),
      fc.record(
        {
          screen: fc.constant('run' as const),
          id: text,
          tab: fc.constantFrom(...runTabs.filter((tab) => tab !== 'requests')),
          turn: fc.integer({ min: 1, max: 99 }),
          conversation: text,
          user: text,
          errorKind: word,
        },
        { requiredKeys: ['screen', 'id', 'tab'] },
      ),
      fc.record(
        {
          screen: fc.constant('run' as const),
          id: text,
          tab: fc.constant('requests' as const),
          requests: fc.record({ step: text, status: fc.nat(600), vu: fc.nat(99) }),
          request: fc.integer({ min: 1 }),
        },
        { requiredKeys: ['screen', 'id', 'tab'] },
      ),
      fc.record({ screen: fc.constant('scenarios' as const), path: fc.option(text) }),
      fc.record({
        screen: fc.constant('call' as const),
        run: text,
        call: text,
        attempt: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({
        screen: fc.constant('periods' as const),
        run: text,
        periods: fc.array(text, { maxLength: 4 }),
      }),
      fc.record({ screen: fc.constant('audio' as const), conversation: fc.option(text) }),
      fc.record({
        screen: fc.constant('compare' as const),
        tab: fc.constantFrom(...compareTabs),
        runs: fc.array(word, { maxLength: 3 }),
        scenario: fc.option(text),
        environment: fc.option(text),
        metric: fc.constantFrom(...metricNames),
        stat: fc.constantFrom(...statistics),
        last: fc.integer({ min: 2, max: 500 }),
      }),
      fc.record({
        screen: fc.constant('environments' as const),
        name: fc.option(text),
        tab: fc.constantFrom(...environmentsTabs),
      }),
      fc.record({
        screen: fc.constant('check' as const),
        path: fc.option(text),
        environment: fc.option(text),
        url: fc.option(text),
      }),
      fc.constant<Route>({ screen: 'settings' }),
    );
    fc.assert(
      fc.property(anyRoute, (route) => {
        expect(parseRoute(formatRoute(route))).toEqual(route);
      }),
    );
  });
});
