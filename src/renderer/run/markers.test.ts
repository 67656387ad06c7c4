import { expect, it } from 'vitest';
import { chartMarkers, readMoment } from './markers.ts';

it.each([
  ['95', 95],
  ['1:35', 95],
  ['01:35.5', 95.5],
  ['1:02:03', 3723],
  [' 7,5 ', 7.5],
  ['', null],
  ['a', null],
  ['1:', null],
  ['1:2:3:4', null],
  ['-3', null],
])('reads the moment %j as %j', (text, seconds) => expect(readMoment(text)).toBe(seconds));

it('puts markers in order of time, those the operator wrote in a colour of their own', () => {
  const drawn = chartMarkers([
    { id: 1, t: 9, text: 'deployed', kind: 'operator' },
    { id: 2, t: 3, text: '5 users', kind: 'users' },
  ]);
  expect(drawn.map(({ t, text }) => [t, text])).toEqual([
    [3, '5 users'],
    [9, 'deployed'],
  ]);
  expect(drawn[0]?.colour).not.toBe(drawn[1]?.colour);
});
