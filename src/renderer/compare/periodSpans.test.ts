import { expect, it } from 'vitest';
import { periodSpans } from './periodSpans.ts';

it('says when the periods of a scenario begin and end', () => {
  const yaml = `periods:
  - { name: cold, from: 0s, to: 90s }
  - { name: after the TTL, from: 2m, to: 1h }
  - { name: unreadable, from: soon, to: 5s }
  - { from: 1s }
  - nothing
`;
  expect(periodSpans(yaml)).toEqual({ cold: '0s – 1m30s', 'after the TTL': '2m – 1h' });
});

it.each(['', 'periods: 5', 'periods: [', '- a'])('knows none of %j', (yaml) => {
  expect(periodSpans(yaml)).toEqual({});
});
