import { expect, it } from 'vitest';
import { protocolOf } from '#contract/scenario/environment';
import { isPlainAddress, protocolOfAddress } from './addresses.ts';

it('reads a protocol out of an address as the format does', () => {
  for (const url of [
    'ws://a',
    'wss://a',
    'http://a',
    'HTTPS://a',
    'grpc://a:1',
    'grpcs://a',
    '',
    '${env:URL}',
  ])
    expect(protocolOfAddress(url), url).toBe(protocolOf(url));
});

it('knows which addresses have no certificates', () => {
  expect(['ws://a', 'http://a', 'GRPC://a'].every(isPlainAddress)).toBe(true);
  expect(['wss://a', 'https://a', 'grpcs://a', ''].some(isPlainAddress)).toBe(false);
});
