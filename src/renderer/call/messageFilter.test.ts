import { expect, it } from 'vitest';
import type { RecordedMessage } from '#contract/recording';
import { everything, filterMessages, indexAt, readableText } from './messageFilter.ts';

function message(at: number, more: Partial<RecordedMessage>): RecordedMessage {
  return {
    at,
    direction: 'received',
    kind: 'status',
    class: null,
    bytes: 1,
    count: 1,
    audioMs: null,
    level: null,
    text: null,
    ...more,
  };
}

const messages = [
  message(1, { direction: 'sent', kind: 'AudioData', audioMs: 640 }),
  message(2, { kind: 'AudioData', class: 'audio', audioMs: 200 }),
  message(3, { kind: 'StopAudio', class: 'stop', text: '{"kind":"StopAudio"}' }),
  message(3, { kind: 'status', class: 'user_transcript', text: 'I lost my Card' }),
];
const at = (filter: Partial<typeof everything>) =>
  filterMessages(messages, { ...everything, ...filter }).map((found) => messages.indexOf(found));

it('lists what is asked for', () => {
  expect(at({})).toEqual([0, 1, 2, 3]);
  expect(at({ direction: 'sent' })).toEqual([0]);
  expect(at({ kind: 'AudioData', direction: 'received' })).toEqual([1]);
  expect(at({ withoutAudio: true })).toEqual([2, 3]);
  expect(at({ search: ' card ' })).toEqual([3]);
  expect(at({ search: 'stop' })).toEqual([2]);
  expect(at({ search: 'nothing such' })).toEqual([]);
});

it('finds where a moment falls', () => {
  expect([0, 1, 2.5, 3, 99].map((stamp) => indexAt(messages, stamp))).toEqual([-1, 0, 1, 3, 3]);
  expect(indexAt([], 5)).toBe(-1);
});

it('shows the structure of JSON and leaves other texts alone', () => {
  expect(readableText('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(readableText('{"a": cut off at 4,000 char')).toBe('{"a": cut off at 4,000 char');
});
