import { expect, test } from 'vitest';
import { targetAt } from '../requests/testing/plans.ts';
import { connectFailure } from './address.ts';

test('a server of plain HTTP is told as such', () => {
  const target = targetAt('grpc://127.0.0.1:1');
  const details = 'No connection established. Last error: Protocol error (2026-11-22T00:54:53.367Z)';
  expect(connectFailure(target, details)).toEqual({
    kind: 'protocol',
    message:
      'grpc://127.0.0.1:1 cannot be connected: what answers there does not speak gRPC; it may be a plain HTTP server.',
  });
});
