import { expect, it } from 'vitest';
import { chartCsv } from './chartCsv.ts';

it('has a row for each point, and nothing where there is no value', () => {
  expect(
    chartCsv(
      ['p50', 'a, "b"'],
      [1, 2],
      [
        [600.5, null],
        [0, 3],
      ],
    ),
  ).toBe('seconds,p50,"a, ""b"""\r\n1,600.5,0\r\n2,,3\r\n');
});

it('is its head alone without points', () => expect(chartCsv(['a'], [], [[]])).toBe('seconds,a\r\n'));
