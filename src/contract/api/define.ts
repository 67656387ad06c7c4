import type { z } from 'zod';
import type { Result } from '../errors.ts';

/** A question with one answer: the input is parsed before any handler runs. */
export interface CallDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  type: 'call';
  input: I;
  output: O;
}

/** Something the application tells every listener. */
export interface EventDefinition<P extends z.ZodType = z.ZodType> {
  type: 'event';
  payload: P;
}

export function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): CallDefinition<I, O> {
  return { type: 'call', input, output };
}

export function event<P extends z.ZodType>(payload: P): EventDefinition<P> {
  return { type: 'event', payload };
}

/** One domain's calls and events by name. */
export type Domain = Record<string, CallDefinition | EventDefinition>;

type CallNames<D> = { [K in keyof D]: D[K] extends CallDefinition ? K : never }[keyof D];
type EventNames<D> = { [K in keyof D]: D[K] extends EventDefinition ? K : never }[keyof D];

/** What a screen sees of a domain: a function per call, and `on` for its events. `on` returns its own unsubscribe. */
export type DomainClient<D> = {
  [K in CallNames<D>]: D[K] extends CallDefinition<infer I, infer O>
    ? (input: z.input<I>) => Promise<Result<z.output<O>>>
    : never;
} & {
  on<K extends EventNames<D>>(
    name: K,
    listener: (payload: D[K] extends EventDefinition<infer P> ? z.output<P> : never) => void,
  ): () => void;
};

/** What the application must provide for a domain: a handler per call; a missing one does not compile. */
export type DomainHandlers<D> = {
  [K in CallNames<D>]: D[K] extends CallDefinition<infer I, infer O>
    ? (input: z.output<I>) => Promise<Result<z.output<O>>> | Result<z.output<O>>
    : never;
};

/** Payload of one event of one domain. */
export type EventPayload<D, K extends keyof D> = D[K] extends EventDefinition<infer P> ? z.output<P> : never;
export type { CallNames, EventNames };
