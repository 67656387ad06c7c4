import { describe, expect, it } from 'vitest';
import { requestRecord, valueColumns } from '#engine/requests/columns';
import { aRecord, anEnded, columnsOf } from '../../requestTesting.ts';
import { encodeRequests, RequestBlock } from './block.ts';

const written = (...given: Parameters<typeof columnsOf>) =>
  new RequestBlock(encodeRequests(columnsOf(...given)));

describe('a block of requests', () => {
  it('gives back what was put in', () => {
    const block = written([
      anEnded(),
      anEnded({
        step: 7,
        vu: 70_000,
        status: null,
        outcome: 'failed',
        error: 'connect_timeout',
        sentAt: null,
        queue: 4000,
        request: 4000,
        request_uncorrected: null,
        first_byte: null,
        download: null,
      }),
    ]);
    expect(block.length).toBe(2);
    expect(block.record(0, 11)).toEqual(aRecord({ id: 11 }));
    expect(block.record(1, 12)).toEqual(
      aRecord({
        id: 12,
        step: 7,
        vu: 70_000,
        status: null,
        outcome: 'failed',
        error: 'connect_timeout',
        sentAt: null,
        queue: 4000,
        request: 4000,
        request_uncorrected: null,
        first_byte: null,
        download: null,
      }),
    );
  });

  it('is exact to a microsecond, whatever the values are', () => {
    let state = 7;
    const random = () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
    const perhaps = (value: number) => (random() < 0.2 ? null : value);
    const requests = Array.from({ length: 3000 }, (_, i) =>
      anEnded({
        ...{
          step: i % 9,
          vu: 1 + Math.floor(random() * 4000),
          iteration: i,
          intendedAt: 3_600_000 + i * 0.2 + random(),
        },
        ...{
          sentAt: perhaps(3_600_001 + i * 0.2 + random() * 40),
          outcome: random() < 0.1 ? 'timeout' : 'ok',
          status: perhaps(200),
        },
        ...{
          error: random() < 0.1 ? `http_${500 + Math.floor(random() * 4)}` : null,
          bytesReceived: Math.floor(random() * 5e9),
        },
        ...Object.fromEntries(
          valueColumns.map((name) => [name, perhaps(random() * 10 ** (1 + Math.floor(random() * 5)))]),
        ),
        excluded: random() < 0.1 ? 'generator' : null,
      }),
    );
    const columns = columnsOf(requests);
    const block = new RequestBlock(encodeRequests(columns));
    for (let i = 0; i < columns.length; i++) {
      const [found, was] = [block.record(i, i + 1), requestRecord(columns, i, i + 1)];
      for (const name of [...valueColumns, 'sentAt', 'intendedAt'] as const) {
        if (was[name] === null) expect(found[name]).toBeNull();
        else expect(Math.abs((found[name] ?? Number.NaN) - was[name])).toBeLessThanOrEqual(0.000_501);
        Object.assign(was, { [name]: found[name] });
      }
      expect(found).toEqual(was);
    }
  });

  it('has no bytes for what no request has', () => {
    const plain = encodeRequests(columnsOf([anEnded()]));
    const streamed = encodeRequests(columnsOf([anEnded({ first_token: 12, tokens_per_second: 40 })]));
    expect(streamed.length - plain.length).toBe(20);
    expect(written([anEnded()]).has('first_token')).toBe(false);
  });

  it('that is cut short, or of another version, is none', () => {
    const bytes = encodeRequests(columnsOf([anEnded(), anEnded({ vu: 9 })]));
    expect(() => new RequestBlock(bytes.subarray(0, bytes.length - 1))).toThrow();
    expect(() => new RequestBlock(Buffer.from([9, 0, 1]))).toThrow('unknown version');
  });
});
