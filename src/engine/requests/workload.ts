/** All users of kind http and grpc of one engine thread. */
import type { Clock } from '../clock.ts';
import { createRpcClient } from '../grpc/client.ts';
import type { RpcClient } from '../grpc/rpc.ts';
import { createHttpClient } from '../http/client.ts';
import type { HttpClient } from '../http/exchange.ts';
import type { LoadShare, RequestReport, UserAssignment } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { PlanRequestUsers, PlanStage } from '../requestPlan.ts';
import { Places } from '../sharedCounts.ts';
import { ownCalls, type CallBudget } from '../worker/callBudget.ts';
import { Alarms } from './alarms.ts';
import { ArrivalLine, type ArrivalStamps } from './arrivalLine.ts';
import { memoryOfColumns } from './columns.ts';
import { closeClients, type Crew, type OwnOfCrew } from './crew.ts';
import { feedMemory, sharedFeeds } from './feeds.ts';
import { compileJourney } from './journey.ts';
import { Keeping } from './keeping.ts';
import { Masking } from './masking.ts';
import { memoryOfIterations, Results } from './results.ts';
import { Stages, type StageDone } from './stages.ts';
import { RequestUser } from './user.ts';

/** What opens connections: another one in tests. */
export interface RequestClients {
  http: (options: { users: PlanRequestUsers | PlanStage; clock: Clock }) => HttpClient;
  rpc: (options: { users: PlanRequestUsers | PlanStage; clock: Clock }) => RpcClient;
}

export interface RequestWorkloadOptions {
  plan: RunPlan;
  clock: Clock;
  /** A user has made all its iterations, or was removed, and has left. Not told of users that arrivals brought. */
  onDone: (user: UserAssignment) => void;
  /** Number of this thread, from 0; left out: the only one. */
  thread?: number;
  clients?: RequestClients;
}

export interface RequestWorkload {
  /** The load begins: what the threads share of each. */
  join(shares: readonly LoadShare[]): void;
  /** Places a user; its iterations are taken from the budget. */
  add(user: UserAssignment, budget: CallBudget): void;
  /** Iterations that arrive for a load, in order. */
  arrive(load: number, stamps: ArrivalStamps): void;
  /** Lets its iteration end, then takes it off; false: it is none of these. */
  remove(vu: number): boolean;
  /** Lets the iterations of a load's users end. */
  stop(load: number): void;
  /** Cuts them off. */
  cut(load: number): void;
  /** Users that are there; of those that arrivals bring, the ones with a place: others wait for an arrival, or leave. */
  readonly users: number;
  report(): RequestReport;
  stage(index: number): Promise<StageDone>;
  /** Lets open requests of the stage end; none begins any more. */
  stopStage(): void;
  /** Cuts the stage off. */
  cutStage(): void;
  setVariables(variables: Record<string, unknown>): void;
  /** Cuts everything off and closes all connections. */
  end(): void;
}

/** null: the plan has no such users and no stages. Throws a `CrosstalkError` for what cannot be compiled. */
export function createRequestWorkload(options: RequestWorkloadOptions): RequestWorkload | null {
  const { plan } = options;
  if (plan.users.every((users) => users.kind === 'voice') && plan.stages.length === 0) return null;
  return new Workload(options);
}

/** The memory of a report, to hand it over with a message instead of copying it. */
export function memoryOfRequests({ requests, iterations }: RequestReport): ArrayBuffer[] {
  return [
    ...(requests === null ? [] : memoryOfColumns(requests)),
    ...(iterations === null ? [] : memoryOfIterations(iterations)),
  ];
}

interface Placed {
  user: RequestUser;
  load: number;
  group: number;
  /** null: an arrival brought it. */
  assignment: UserAssignment | null;
  /** Whether it has a place among those of arrivals. */
  arrived: boolean;
}

interface Arriving {
  line: ArrivalLine;
  places: Places;
  /** By users entry. */
  idle: Map<number, Placed[]>;
}

const realClients: RequestClients = { http: createHttpClient, rpc: createRpcClient };

class Workload implements RequestWorkload {
  readonly #options: RequestWorkloadOptions;
  readonly #alarms: Alarms;
  readonly #results = new Results();
  readonly #masking: Masking;
  readonly #keeping: Keeping;
  readonly #common = new Map<string, unknown>();
  /** By users entry; null: of another kind. */
  readonly #crews: (Crew | null)[];
  readonly #placed = new Map<number, Placed>();
  readonly #arriving = new Map<number, Arriving>();
  readonly #stages: Stages;
  #shares: readonly LoadShare[] = [];
  #ended = false;

  constructor(options: RequestWorkloadOptions) {
    const { plan, clock } = options;
    this.#options = options;
    this.#alarms = new Alarms(clock);
    this.#masking = new Masking(plan.secrets);
    this.#keeping = new Keeping(plan.keepAll === true ? 'once' : null, this.#masking);
    this.#stages = new Stages({
      plan,
      clock,
      masking: this.#masking,
      crewOf: (stage, own) => this.#crew(stage, own),
    });
    const feeds = sharedFeeds(plan, feedMemory(plan));
    this.#crews = plan.users.map((users, group) =>
      users.kind === 'voice'
        ? null
        : this.#crew(users, {
            group,
            feeds: feeds[group] ?? [],
            results: this.#results,
            keeping: this.#keeping,
          }),
    );
  }

  #crew(users: PlanRequestUsers | PlanStage, own: OwnOfCrew): Crew {
    const { plan, clock, clients = realClients } = this.#options;
    return {
      ...own,
      seed: plan.seed,
      journey: compileJourney(users, plan.steps),
      common: this.#common,
      clock,
      alarms: this.#alarms,
      http: users.kind === 'http' ? clients.http({ users, clock }) : null,
      rpc: users.kind === 'grpc' ? clients.rpc({ users, clock }) : null,
      cookies: users.http?.cookies === true,
    };
  }

  join(shares: readonly LoadShare[]): void {
    this.#shares = shares;
    const memory = shares[0]?.feeds;
    if (memory === undefined) return;
    for (const [group, feeds] of sharedFeeds(this.#options.plan, memory).entries()) {
      const crew = this.#crews[group];
      if (crew != null) crew.feeds = feeds;
    }
  }

  get users(): number {
    let users = 0;
    for (const { arrived, assignment } of this.#placed.values()) if (arrived || assignment !== null) users++;
    return users;
  }

  add(assignment: UserAssignment, budget: CallBudget): void {
    const { vu, load, group } = assignment;
    const crew = this.#crews[group];
    if (crew == null || this.#ended) return;
    const user = new RequestUser({ crew, vu, budget, onFree: null, onLeft: (left) => this.#left(left) });
    this.#placed.set(vu, { user, load, group, assignment, arrived: false });
    user.go(this.#options.clock.now(), 0);
  }

  #left(user: RequestUser): void {
    const placed = this.#placed.get(user.vu);
    this.#placed.delete(user.vu);
    if (placed === undefined) return;
    if (placed.assignment !== null) {
      this.#options.onDone(placed.assignment);
      return;
    }
    const arriving = this.#arriving.get(placed.load);
    arriving?.places.userLeft();
    if (placed.arrived) arriving?.line.leave();
  }

  // — arrivals —

  arrive(load: number, stamps: ArrivalStamps): void {
    if (!this.#ended) this.#arrivalsOf(load).line.add(stamps);
  }

  #arrivalsOf(load: number): Arriving {
    const known = this.#arriving.get(load);
    if (known !== undefined) return known;
    const { clock, thread = 0 } = this.#options;
    const share = this.#shares[load];
    if (share?.places == null) throw new Error(`Nobody arrives by load ${load}`);
    const places = new Places(share.places);
    const line = new ArrivalLine({
      clock,
      alarms: this.#alarms,
      places,
      most: places.shareOf(thread, share.threads),
      begin: (group, dueAt, lateMs) => this.#begin(load, group, dueAt, lateMs),
    });
    const arriving: Arriving = { line, places, idle: new Map() };
    this.#arriving.set(load, arriving);
    return arriving;
  }

  #begin(load: number, group: number, dueAt: number, lateMs: number): void {
    const arriving = this.#arrivalsOf(load);
    const placed = arriving.idle.get(group)?.pop() ?? this.#newcomer(arriving, load, group);
    if (placed === null) {
      arriving.line.leave();
      return;
    }
    placed.arrived = true;
    placed.user.go(dueAt, lateMs);
  }

  #newcomer(arriving: Arriving, load: number, group: number): Placed | null {
    const crew = this.#crews[group];
    if (crew == null) return null;
    const idle: Placed[] = arriving.idle.get(group) ?? [];
    arriving.idle.set(group, idle);
    const user = new RequestUser({
      crew,
      vu: arriving.places.userCame(),
      budget: ownCalls(null),
      onFree: () => {
        placed.arrived = false;
        idle.push(placed);
        arriving.line.leave();
      },
      onLeft: (left) => this.#left(left),
    });
    const placed: Placed = { user, load, group, assignment: null, arrived: true };
    this.#placed.set(user.vu, placed);
    return placed;
  }

  // — ends —

  remove(vu: number): boolean {
    const placed = this.#placed.get(vu);
    placed?.user.leave();
    return placed !== undefined;
  }

  #usersOf(load: number): RequestUser[] {
    return [...this.#placed.values()].filter((placed) => placed.load === load).map(({ user }) => user);
  }

  stop(load: number): void {
    this.#withdraw(load);
    for (const user of this.#usersOf(load)) user.leave();
  }

  cut(load: number): void {
    this.#withdraw(load);
    for (const user of this.#usersOf(load)) user.cut();
  }

  #withdraw(load: number): void {
    const arriving = this.#arriving.get(load);
    if (arriving === undefined) return;
    arriving.idle.clear();
    arriving.line.withdraw();
  }

  end(): void {
    this.#ended = true;
    this.#stages.cut();
    for (const load of this.#arriving.keys()) this.#withdraw(load);
    for (const { user } of [...this.#placed.values()]) user.cut();
    for (const crew of this.#crews) closeClients(crew);
    this.#alarms.close();
  }

  // — what it says —

  report(): RequestReport {
    this.#keeping.settle();
    let busy = 0;
    for (const { user } of this.#placed.values()) if (user.busy) busy++;
    return { ...this.#results.take(), busy };
  }

  setVariables(variables: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(variables)) this.#common.set(name, value);
  }

  stage(index: number): Promise<StageDone> {
    return this.#stages.run(index);
  }

  stopStage(): void {
    this.#stages.stop();
  }

  cutStage(): void {
    this.#stages.cut();
  }
}
