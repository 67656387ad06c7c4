import { describe, expect, test } from 'vitest';
import type { PlanTarget } from '../plan.ts';
import { httpFiller } from './httpSteps.ts';
import type { PlanHttp, PlanHttpRequest } from '../requestPlan.ts';

const target = (url: string): PlanTarget => ({
  ...{ url, shownUrl: url, protocol: 'http', headers: { authorization: 'Bearer of-the-environment' } },
  tls: { verify: true, ca: null },
});
const http: PlanHttp = {
  ...{ headers: { accept: 'application/json' }, cookies: true, version: '1.1', keepAlive: true },
  ...{ maxBodyBytes: 1000, connections: 'own' },
};
const noValues = { valueOf: () => undefined };

function headersOf(url: string, address: string): Record<string, string> {
  const request: PlanHttpRequest = {
    ...{ method: 'GET', address, query: {}, headers: {}, body: null, stream: null, redirects: 0 },
  };
  return httpFiller(target(url), http, request)(noValues).headers;
}

describe('headers of the environment', () => {
  test.each([
    ['http://api.test', '/clients'],
    ['http://api.test/prefix', '/clients'],
    ['http://api.test', 'http://api.test/clients'],
    ['http://api.test:80', 'http://api.test?q=1'],
  ])('go with requests of %s to %s', (url, address) => {
    expect(headersOf(url, address)).toHaveProperty('authorization');
  });

  test.each([
    ['http://api.test', 'http://api.test.evil/clients'],
    ['http://api.test', 'http://api.test:8080/clients'],
    ['http://api.test', 'http://api.test@evil.test/clients'],
    ['http://api.test', 'https://api.test/clients'],
  ])('of %s do not go to %s', (url, address) => {
    expect(headersOf(url, address)).toEqual({ accept: 'application/json' });
  });
});
