import { expect, it } from 'vitest';
import { formatCall, parseServerMessage } from './messages.ts';

it('leaves out an input that is undefined', () => {
  expect(formatCall(3, 'app.info', undefined)).toBe('{"id":3,"channel":"app.info"}');
  expect(formatCall(4, 'runs.get', { runId: 'a' })).toBe(
    '{"id":4,"channel":"runs.get","input":{"runId":"a"}}',
  );
});

it('reads answers, with and without a value', () => {
  expect(parseServerMessage('{"id":1,"result":{"ok":true,"value":[1]}}')).toEqual({
    type: 'answer',
    id: 1,
    result: { ok: true, value: [1] },
  });
  expect(parseServerMessage('{"id":1,"result":{"ok":true}}')).toEqual({
    type: 'answer',
    id: 1,
    result: { ok: true, value: undefined },
  });
});

it('reads an error as it was sent', () => {
  const error = {
    kind: 'refused',
    code: 'run_active',
    message: 'A run is going on; stop it first.',
    detail: 'run 7',
  };
  expect(parseServerMessage(JSON.stringify({ id: 9, result: { ok: false, error } }))).toEqual({
    type: 'answer',
    id: 9,
    result: { ok: false, error },
  });
});

it('reads events', () => {
  expect(parseServerMessage('{"event":"runs.changed","payload":{"runId":null}}')).toEqual({
    type: 'event',
    channel: 'runs.changed',
    payload: { runId: null },
  });
});

it.each([
  '',
  'nonsense',
  'null',
  '[]',
  '{}',
  '{"id":1}',
  '{"id":1,"result":{"ok":false}}',
  '{"id":"1","result":{"ok":true}}',
])('takes nothing from %s', (text) => expect(parseServerMessage(text)).toBeNull());
