/** What users of one entry share on an engine thread. */
import type { Clock } from '../clock.ts';
import type { HttpClient } from '../http/exchange.ts';
import type { RpcClient } from '../grpc/rpc.ts';
import type { Alarms } from './alarms.ts';
import type { SharedFeed } from './feeds.ts';
import type { Journey } from './journey.ts';
import type { Keeping } from './keeping.ts';
import type { Results } from './results.ts';

export interface Crew {
  /** Index into `RunPlan.users`; null: a stage. */
  group: number | null;
  seed: number;
  journey: Journey;
  /** Of all threads together, from when the load begins. */
  feeds: readonly SharedFeed[];
  /** What set-up took from responses. */
  common: ReadonlyMap<string, unknown>;
  clock: Clock;
  alarms: Alarms;
  results: Results;
  keeping: Keeping;
  /** One of the two. */
  http: HttpClient | null;
  rpc: RpcClient | null;
  /** Whether users keep cookies. */
  cookies: boolean;
}

/** What is not the same for users and stages. */
export type OwnOfCrew = Pick<Crew, 'group' | 'feeds' | 'results' | 'keeping'>;

export function closeClients(crew: Crew | null): void {
  crew?.http?.close();
  crew?.rpc?.close();
}
