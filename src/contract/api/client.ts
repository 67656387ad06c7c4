/**
 * Builds the API a screen sees from the names and one door's way to carry messages. Used by the preload (Electron's
 * IPC) and by the browser door (one WebSocket), so that both expose exactly the same object.
 */
import type { Result } from '../errors.ts';
import type { ApiClient } from './index.ts';
import { apiNames } from './names.ts';

/** One door's way to carry messages. `invoke` never rejects: failures of the way itself are errors in the result. */
export interface DoorTransport {
  invoke(channel: string, input: unknown): Promise<Result<unknown>>;
  subscribe(channel: string, listener: (payload: unknown) => void): () => void;
}

type DomainFunctions = Record<string, (...args: never[]) => unknown>;

/** Every domain as plain functions by name. Answers come from the application itself, which has checked them against the schemas. */
export function createClient(transport: DoorTransport): ApiClient {
  const client: Record<string, DomainFunctions> = {};
  for (const [domain, names] of Object.entries(apiNames)) {
    const functions: DomainFunctions = {};
    for (const name of names.calls) {
      functions[name] = (input: unknown) => transport.invoke(`${domain}.${name}`, input);
    }
    const events = new Set<string>(names.events);
    functions.on = (name: string, listener: (payload: unknown) => void) => {
      if (!events.has(name)) throw new Error(`There is no event ${domain}.${name}`);
      return transport.subscribe(`${domain}.${name}`, listener);
    };
    client[domain] = functions;
  }
  return client as ApiClient;
}
