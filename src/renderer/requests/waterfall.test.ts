import { describe, expect, it } from 'vitest';
import { waterfall } from './waterfall.ts';

const nothing = {
  intendedAt: 1000,
  sentAt: null,
  request: null,
  queue: null,
  dns: null,
  tcp: null,
  tls: null,
  first_byte: null,
  download: null,
  first_token: null,
  first_audio: null,
  final_result: null,
};

describe('where the time of a request went', () => {
  it('goes from its intended start over the queue to the end of the answer', () => {
    const { parts, end, sent } = waterfall({
      ...nothing,
      sentAt: 1030,
      request: 150,
      queue: 30,
      first_byte: 100,
      download: 20,
    });
    expect(sent).toBe(30);
    expect(end).toBe(150);
    expect(parts).toEqual([
      { name: 'queue', from: 0, ms: 30, within: false },
      { name: 'first_byte', from: 30, ms: 100, within: false },
      { name: 'download', from: 130, ms: 20, within: false },
    ]);
  });

  it('opens the connection at the end of the queue', () => {
    const { parts } = waterfall({ ...nothing, sentAt: 1040, queue: 40, dns: 5, tcp: 10, tls: 15 });
    expect(parts.filter(({ within }) => within)).toEqual([
      { name: 'dns', from: 10, ms: 5, within: true },
      { name: 'tcp', from: 15, ms: 10, within: true },
      { name: 'tls', from: 25, ms: 15, within: true },
    ]);
  });

  it('begins no part before the request was to begin', () => {
    const { parts } = waterfall({ ...nothing, sentAt: 1002, queue: 2, tcp: 3 });
    expect(parts.every(({ from }) => from >= 0)).toBe(true);
  });

  it('has only the queue of one that was never sent', () => {
    const { parts, end, sent } = waterfall({ ...nothing, queue: 5000, request: 5000 });
    expect(sent).toBeNull();
    expect(parts.map(({ name }) => name)).toEqual(['queue']);
    expect(end).toBe(5000);
  });

  it('shows what a stream brought within the answer, and its final result at the end', () => {
    const { parts } = waterfall({
      ...nothing,
      sentAt: 1000,
      request: 900,
      queue: 0,
      first_byte: 50,
      download: 850,
      first_token: 80,
      final_result: 300,
    });
    expect(parts).toContainEqual({ name: 'first_token', from: 0, ms: 80, within: true });
    expect(parts).toContainEqual({ name: 'final_result', from: 600, ms: 300, within: true });
  });

  it('has nothing to show of one of which nothing was measured', () =>
    expect(waterfall(nothing)).toEqual({ parts: [], end: 0, sent: null }));
});
