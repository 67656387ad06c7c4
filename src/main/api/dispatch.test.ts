import { describe, expect, it, vi } from 'vitest';
import { fail, ok, type AppError } from '#contract/errors';
import type { ApiHandlers } from '#contract/api/index';
import { testHandlers } from '../../../test/fixtures/handlers.ts';
import { createDispatch, isCallChannel } from './dispatch.ts';

const settings = { version: 1, theme: 'dark' } as const;

describe('dispatch', () => {
  it('parses the input, with defaults filled in, before the handler sees it', async () => {
    const list = vi.fn(() => ok([]));
    const dispatch = createDispatch(testHandlers({ runs: { list } }));
    expect(await dispatch('runs.list', {})).toEqual(ok([]));
    expect(list).toHaveBeenCalledWith({ limit: 500 });
  });

  it('refuses input that does not fit, and never runs the handler', async () => {
    const update = vi.fn(() => ok(settings));
    const dispatch = createDispatch(testHandlers({ settings: { update } }));
    const answer = await dispatch('settings.update', { theme: 'pink' });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'invalid_input', code: 'invalid_call' } });
    expect(update).not.toHaveBeenCalled();
  });

  it.each([
    'settings.changed',
    'settings.reset',
    'constructor.name',
    '__proto__.x',
    '',
    7,
    null,
    ['settings.get'],
  ])('refuses %j, which is not a call', async (channel) => {
    const dispatch = createDispatch(testHandlers());
    expect(await dispatch(channel, undefined)).toMatchObject({ ok: false, error: { code: 'unknown_call' } });
    expect(isCallChannel(channel)).toBe(false);
  });

  it('passes an expected failure on as it is', async () => {
    const failure = fail('not_found', 'no_run', 'There is no such run.');
    const dispatch = createDispatch(testHandlers({ runs: { get: () => failure } }));
    expect(await dispatch('runs.get', { runId: 'x' })).toEqual(failure);
  });

  it('turns a bug into an error and reports it', async () => {
    const bugs: [string, AppError][] = [];
    const dispatch = createDispatch(
      testHandlers({
        settings: {
          get: () => {
            throw new TypeError('x is not a function');
          },
        },
      }),
      (channel, error) => bugs.push([channel, error]),
    );
    const answer = await dispatch('settings.get', undefined);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'internal', message: 'x is not a function' } });
    expect(bugs).toHaveLength(1);
    expect(bugs[0]?.[0]).toBe('settings.get');
  });

  it('turns a rejected promise and an answer that is no result into errors', async () => {
    const dispatch = createDispatch(
      testHandlers({
        settings: {
          get: () => Promise.reject(new Error('disk on fire')),
          update: () => Promise.resolve(settings as never),
        },
      }),
    );
    expect(await dispatch('settings.get', undefined)).toMatchObject({ error: { message: 'disk on fire' } });
    expect(await dispatch('settings.update', {})).toMatchObject({ error: { kind: 'internal' } });
  });

  it('does not start while a handler is missing, and names it', () => {
    const handlers = testHandlers();
    const settingsWithout: Partial<ApiHandlers['settings']> = { ...handlers.settings };
    delete settingsWithout.update;
    const incomplete = { ...handlers, settings: settingsWithout } as ApiHandlers;
    expect(() => createDispatch(incomplete)).toThrow('settings.update');
  });
});
