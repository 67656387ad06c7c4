import { expect, it } from 'vitest';
import { aRecord, aStep } from '../../history/requestTesting.ts';
import { requestsOfRecord } from './requests.ts';

const steps = [aStep(0, { name: 'login', type: 'POST' }), aStep(1, { name: 'accounts', user: 'set-up' })];

it('a request has its own type and name, and the time since it was sent', () => {
  const record = aRecord({ intendedAt: 1000, request: 85, request_uncorrected: 80, bytesReceived: 900 });
  expect(requestsOfRecord(record, steps)).toEqual([
    { type: 'POST', name: 'login', at: 1085, ms: 80, error: null, bytes: 900 },
  ]);
});

it('one named by its method and address is named as Locust names it', () => {
  const named = [aStep(0, { name: 'GET /clients', type: 'GET' })];
  expect(requestsOfRecord(aRecord(), named)).toMatchObject([{ type: 'GET', name: '/clients' }]);
});

it('one that failed says how; one that the end of the run cut, or that is not of the load, is none', () => {
  const failed = aRecord({ outcome: 'failed', error: 'http_503' });
  expect(requestsOfRecord(failed, steps)).toMatchObject([{ error: 'http_503', ms: 80 }]);
  expect(requestsOfRecord(aRecord({ outcome: 'timeout' }), steps)).toMatchObject([{ error: 'timeout' }]);
  expect(requestsOfRecord(aRecord({ outcome: 'cut' }), steps)).toEqual([]);
  expect(requestsOfRecord(aRecord({ step: 1 }), [steps[0], undefined])).toEqual([]);
});
