/**
 * One way in for every door: a channel's name and an unknown input become a parsed call of one handler, and
 * whatever happens comes back as a `Result`.
 */
import { z } from 'zod';
import { api, type ApiHandlers, type CallChannel } from '#contract/api/index';
import type { CallDefinition, Domain } from '#contract/api/define';
import { fail, toAppError, type AppError, type Result } from '#contract/errors';

/** Answers one call. Never rejects. */
export type Dispatch = (channel: unknown, input: unknown) => Promise<Result<unknown>>;

interface Route {
  definition: CallDefinition;
  handle: (input: unknown) => unknown;
}

/** Every call of the contract as `domain.name`. */
function callDefinitions(): Map<string, CallDefinition> {
  const calls = new Map<string, CallDefinition>();
  const domains: Record<string, Domain> = api;
  for (const [domain, definitions] of Object.entries(domains)) {
    for (const [name, definition] of Object.entries(definitions)) {
      if (definition.type === 'call') calls.set(`${domain}.${name}`, definition);
    }
  }
  return calls;
}

/** Names of all calls, for doors that check a name before anything else. */
export const callChannels: ReadonlySet<string> = new Set(callDefinitions().keys());

export function isCallChannel(channel: unknown): channel is CallChannel {
  return typeof channel === 'string' && callChannels.has(channel);
}

/** Pairs each call of the contract with its handler; throws at start-up, naming every one that is missing. */
function routesOf(handlers: ApiHandlers): Map<string, Route> {
  const byDomain: Record<string, Record<string, unknown>> = handlers;
  const routes = new Map<string, Route>();
  const missing: string[] = [];
  for (const [channel, definition] of callDefinitions()) {
    const [domain = '', name = ''] = channel.split('.');
    const group = byDomain[domain];
    const handler = group?.[name];
    if (typeof handler === 'function') {
      routes.set(channel, {
        definition,
        handle: (input) => Reflect.apply(handler, group, [input]) as unknown,
      });
    } else missing.push(channel);
  }
  if (missing.length > 0) throw new Error(`No handler for ${missing.join(', ')}`);
  return routes;
}

/** A handler's answer as it is, or null when it is not a `Result`: that is a bug, not an answer. */
function asResult(answer: unknown): Result<unknown> | null {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return null;
  if (answer.ok === true) return { ok: true, value: 'value' in answer ? answer.value : undefined };
  return 'error' in answer ? { ok: false, error: answer.error as AppError } : null;
}

/**
 * Builds the door-independent way to call the application.
 * @param onBug told of everything that was thrown instead of returned, for the log.
 */
export function createDispatch(
  handlers: ApiHandlers,
  onBug: (channel: string, error: AppError) => void = () => {},
): Dispatch {
  const routes = routesOf(handlers);

  function bug(channel: string, thrown: unknown): Result<never> {
    const error = toAppError(thrown);
    onBug(channel, error);
    return { ok: false, error };
  }

  return async (channel, input) => {
    const route = typeof channel === 'string' ? routes.get(channel) : undefined;
    if (typeof channel !== 'string' || route === undefined) {
      return fail('refused', 'unknown_call', 'The application does not know this call; reload the window.');
    }
    const parsed = route.definition.input.safeParse(input);
    if (!parsed.success) {
      const detail = z.prettifyError(parsed.error);
      return fail('invalid_input', 'invalid_call', `The input of ${channel} is not valid.`, { detail });
    }
    try {
      const answer = asResult(await route.handle(parsed.data));
      return answer ?? bug(channel, new Error(`${channel} gave no result`));
    } catch (thrown) {
      return bug(channel, thrown);
    }
  };
}
