import { describe, expect, it } from 'vitest';
import {
  formatRequestFilter,
  listsAllRequests,
  parseRequestFilter,
  type RequestFilter,
  requestQuery,
} from './requestFilter.ts';
import { formatRoute, parseRoute, type Route } from './routes.ts';

const all: RequestFilter = {
  step: 'GET /clients/${id}?a=b&c',
  phase: 'chat',
  group: 'plans',
  user: 'agents',
  period: 'cold',
  outcome: 'failed',
  status: 503,
  error: 'http_503',
  vu: 7,
  iteration: 0,
  value: { metric: 'request', least: 500 },
  from: 1.5,
  to: 60,
  sort: { by: 'first_byte', descending: true },
};

describe('the filter of requests', () => {
  it('reads back what it wrote', () => {
    const params = new URLSearchParams();
    formatRequestFilter(all, params);
    expect(parseRequestFilter(params)).toEqual(all);
  });

  it('passes over what makes no sense', () => {
    const text = 'outcome=fine&status=-1&vu=1.5&iteration=x&value=ttfa:1..2&sort=step&from=&step=';
    expect(parseRequestFilter(new URLSearchParams(text))).toEqual({});
  });

  it('is no filter when it only orders', () => {
    expect(listsAllRequests({ sort: { by: 'queue', descending: true } })).toBe(true);
    expect(listsAllRequests({ status: 200 })).toBe(false);
  });

  it('asks for what it names', () => {
    expect(requestQuery('r', { phase: 'chat', from: 3 })).toEqual({ runId: 'r', phase: 'chat', fromS: 3 });
  });
});

describe('the place of a run’s requests', () => {
  it.each<Route>([
    { screen: 'run', id: 'r', tab: 'requests', requests: all },
    { screen: 'run', id: 'r', tab: 'requests', request: 12 },
    { screen: 'run', id: 'r', tab: 'requests', requests: { outcome: 'timeout' } },
  ])('%j is kept in the hash', (route) => expect(parseRoute(formatRoute(route))).toEqual(route));

  it('does not mix the filters of requests and turns', () => {
    expect(parseRoute('#/runs/r?tab=turns&outcome=stopped&step=a')).toEqual({
      screen: 'run',
      id: 'r',
      tab: 'turns',
      outcome: 'stopped',
    });
  });
});
