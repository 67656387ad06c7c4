/** One engine worker: its users, its pacing loop and its reports. Several live side by side in threads of their own. */
import { Clock } from '../clock.ts';
import type { FromWorker, LoadShare, OpenWork, ToWorker, UserAssignment, WorkerReport } from '../messages.ts';
import type { PlanVoiceUsers, RunPlan } from '../plan.ts';
import type { ProtocolAdapter } from '../protocols/adapter.ts';
import { adapters } from '../protocols/registry.ts';
import { memoryOf, recordingsFor, type Recordings } from '../recording/recordings.ts';
import { Remembered } from '../recording/remembered.ts';
import { createRequestWorkload, memoryOfRequests, type RequestWorkload } from '../requests/workload.ts';
import { Places, SharedCalls } from '../sharedCounts.ts';
import type { Transport } from '../transport/transport.ts';
import { warmUp } from '../transport/warmUp.ts';
import { warmUpHttp } from '../http/warmUp.ts';
import { createWebSocketTransport } from '../transport/webSocket.ts';
import { ArrivalQueue, type Arriving } from './arrivalQueue.ts';
import { ownCalls, type CallBudget } from './callBudget.ts';
import { encodeAudio, type EncodedAudio } from './clips.ts';
import { HealthMonitor } from './health.ts';
import { Pacer } from './pacer.ts';
import { Tally } from './tally.ts';
import { VirtualUser, type UserContext } from './user.ts';

/**
 * At most one connect begins in this time, so that a crowd of newcomers delays no frame of those already talking: it takes
 * 0.5 ms of this thread, over TLS more than 2 ms (docs/performance.md).
 */
const msBetweenConnects = { plain: 2, secure: 8 };

interface Group {
  users: PlanVoiceUsers;
  adapter: ProtocolAdapter;
  audio: EncodedAudio;
}

interface Prepared {
  plan: RunPlan;
  /** Number of this thread, from 0. */
  thread: number;
  /** In the order of the plan's users entries; null: they are of another kind. */
  groups: (Group | null)[];
}

/** What this thread shares with the others of one load. */
interface Load {
  callsPerUser: number | null;
  calls: SharedCalls | null;
  places: Places | null;
}

interface Running extends Prepared {
  clock: Clock;
  epochMs: number;
  pacer: Pacer;
  transport: Transport;
  tally: Tally;
  recordings: Recordings | null;
  remembered: Remembered | null;
  /** null: no http or grpc users, and no stages. */
  requests: RequestWorkload | null;
  health: HealthMonitor;
  users: Map<number, VirtualUser>;
  loads: Load[];
  arrivals: ArrivalQueue;
  /** What the users of a group share, group by group. */
  contexts: (UserContext | null)[];
  lastConnectAt: number;
}

/** `memory` goes over to the coordinator with the message. */
export type SendToCoordinator = (message: FromWorker, memory?: ArrayBuffer[]) => void;

export class EngineWorker {
  readonly #send: SendToCoordinator;
  #prepared: Prepared | null = null;
  #running: Running | null = null;
  #warm = false;
  #warmHttp = false;

  constructor(send: SendToCoordinator) {
    this.#send = send;
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'prepare':
        this.#prepared = prepare(message.plan, message.worker);
        void this.#warmUp(message.plan).then(() => this.#send({ type: 'ready' }));
        return;
      case 'start':
        this.#start(BigInt(message.baseNs), message.epochMs);
        return;
      case 'load':
        if (this.#running) this.#running.loads = message.shares.map(joinLoad);
        this.#running?.requests?.join(message.shares);
        return;
      case 'add':
        this.#add(message.users);
        return;
      case 'arrive':
        this.#running?.requests?.arrive(message.load, message);
        return;
      case 'remove':
        for (const vu of message.vus)
          if (this.#running?.requests?.remove(vu) !== true) this.#running?.users.get(vu)?.remove();
        return;
      case 'stop':
        this.#running?.arrivals.withdraw(message.load);
        for (const user of this.#usersOf(message.load)) user.leave();
        this.#running?.requests?.stop(message.load);
        return;
      case 'cut':
        this.#running?.arrivals.withdraw(message.load);
        for (const user of this.#usersOf(message.load)) user.abort();
        this.#running?.requests?.cut(message.load);
        return;
      case 'report':
        if (this.#running) this.#sendReport('report', this.#running, message.openSince);
        return;
      case 'stage':
        this.#stage(message.index);
        return;
      case 'stop_stage':
        this.#running?.requests?.stopStage();
        return;
      case 'cut_stage':
        this.#running?.requests?.cutStage();
        return;
      case 'variables':
        this.#running?.requests?.setVariables(message.variables);
        return;
      case 'abort':
        this.#end();
        return;
    }
  }

  async #warmUp({ users, stages }: RunPlan): Promise<void> {
    if (!this.#warmHttp && [...users, ...stages].some(({ kind }) => kind === 'http')) {
      this.#warmHttp = true;
      await warmUpHttp();
    }
    if (this.#warm) return;
    this.#warm = true;
    await warmUp(createWebSocketTransport(new Clock(process.hrtime.bigint())));
  }

  #stage(index: number): void {
    void this.#running?.requests
      ?.stage(index)
      .then((done) => this.#send(done, memoryOfRequests(done.report)));
  }

  #usersOf(load: number): VirtualUser[] {
    return [...(this.#running?.users.values() ?? [])].filter((user) => user.load === load);
  }

  #start(baseNs: bigint, epochMs: number): void {
    const prepared = this.#prepared;
    if (!prepared) throw new Error('The engine worker was started before it was prepared');
    const clock = new Clock(baseNs);
    const pacer = new Pacer(clock, prepared.plan.audio.frameMs);
    const running: Running = {
      ...prepared,
      clock,
      epochMs,
      pacer,
      transport: createWebSocketTransport(clock),
      tally: new Tally(),
      recordings: recordingsFor(prepared.plan),
      remembered: prepared.plan.remember === true ? new Remembered() : null,
      requests: createRequestWorkload({
        plan: prepared.plan,
        clock,
        thread: prepared.thread,
        onDone: ({ vu }) => this.#send({ type: 'user_done', vu }),
      }),
      health: new HealthMonitor(),
      users: new Map(),
      loads: [],
      arrivals: new ArrivalQueue({
        clock,
        places: (load) => placesOf(running, load),
        mayConnect: (group, now) => running.contexts[group]?.mayConnect(now) ?? true,
        begin: (arrival, now) => this.#arrive(running, arrival, now),
        gone: (vu) => this.#send({ type: 'user_done', vu }),
      }),
      contexts: [],
      lastConnectAt: Number.NEGATIVE_INFINITY,
    };
    running.contexts = prepared.groups.map((group) => group && this.#context(running, group));
    this.#running = running;
    pacer.start();
  }

  #context(running: Running, { users, adapter, audio }: Group): UserContext {
    const { clock, epochMs, pacer, plan, recordings, remembered, tally, transport } = running;
    const apart = /^wss:/i.test(users.target.url) ? msBetweenConnects.secure : msBetweenConnects.plain;
    return {
      plan,
      group: users,
      adapter,
      audio,
      clock,
      epochMs,
      tally,
      transport,
      recordings,
      remembered,
      mayConnect: (now) => {
        if (now - running.lastConnectAt < apart) return false;
        running.lastConnectAt = now;
        return true;
      },
      onDone: (done) => {
        pacer.remove(done);
        running.users.delete(done.vu);
        running.loads[done.load]?.places?.leave();
        this.#send({ type: 'user_done', vu: done.vu });
      },
    };
  }

  #add(assignments: readonly UserAssignment[]): void {
    const running = this.#running;
    if (!running) return;
    const arriving: Arriving[] = [];
    for (const assignment of assignments) {
      if (assignment.arrivesAt === undefined) this.#place(running, assignment, budgetOf(running, assignment));
      else arriving.push({ ...assignment, arrivesAt: assignment.arrivesAt });
    }
    if (arriving.length > 0) running.arrivals.add(arriving);
  }

  #place(running: Running, assignment: UserAssignment, budget: CallBudget): VirtualUser | null {
    if (running.plan.users[assignment.group]?.kind !== 'voice') {
      running.requests?.add(assignment, budget);
      return null;
    }
    const context = running.contexts[assignment.group];
    if (!context) return null;
    const user = new VirtualUser(assignment, context, budget);
    running.users.set(assignment.vu, user);
    running.pacer.add(user, assignment.phase);
    return user;
  }

  #arrive(running: Running, arrival: Arriving, now: number): void {
    this.#place(running, arrival, ownCalls(1))?.arrive(now);
  }

  #sendReport(type: 'report' | 'done', running: Running, openSince: number | null): void {
    const report = this.#report(running, openSince);
    const recordings = running.recordings?.take(running.clock.now()) ?? [];
    if (running.remembered !== null) {
      const { remembered } = running;
      if (type === 'done') recordings.push(...remembered.takeFailed(Infinity), ...remembered.takeSlowest());
      else recordings.push(...remembered.takeFailed());
    }
    const memory = memoryOf(recordings);
    if (report.requests !== null) memory.push(...memoryOfRequests(report.requests));
    this.#send({ type, report, recordings }, memory);
  }

  #report(running: Running, openSince: number | null): WorkerReport {
    let active = 0;
    let connecting = 0;
    for (const user of running.users.values()) {
      const state = user.state;
      if (state === 'open') active++;
      else if (state === 'connecting') connecting++;
    }
    const { slipped, bufferedBytes, ...counted } = running.tally.take();
    const { spanMs, ...health } = running.health.take();
    const requests = running.requests?.report() ?? null;
    return {
      at: running.clock.now(),
      spanMs,
      active: active + (running.requests?.users ?? 0),
      connecting,
      ...counted,
      requests,
      open: openSince === null ? null : openWork(running.users.values(), openSince),
      health: { ...health, slipped, bufferedBytes },
    };
  }

  #end(): void {
    const running = this.#running;
    if (!running) return;
    running.arrivals.withdraw();
    for (const user of [...running.users.values()]) user.abort();
    running.pacer.stop();
    running.requests?.end();
    this.#sendReport('done', running, null);
    running.health.close();
    this.#running = null;
    this.#prepared = null;
  }
}

function placesOf({ loads }: Running, load: number): Places {
  const places = loads[load]?.places;
  if (!places) throw new Error(`No calls arrive by load ${load}`);
  return places;
}

function joinLoad({ callsPerUser, calls, places }: LoadShare): Load {
  return { callsPerUser, calls: calls && new SharedCalls(calls), places: places && new Places(places) };
}

function budgetOf({ loads, plan }: Running, { load, group }: UserAssignment): CallBudget {
  const share = loads[load];
  const users = plan.users[group];
  const own = users?.kind === 'voice' ? users.callsPerUser : (users?.iterationsPerUser ?? null);
  return share?.calls ?? ownCalls(share?.callsPerUser ?? own ?? null);
}

function openWork(users: Iterable<VirtualUser>, since: number): OpenWork {
  const open: OpenWork = { since: null, calls: [] };
  for (const user of users) {
    const began = user.openSince;
    if (began !== null && (open.since === null || began < open.since)) open.since = began;
    const call = user.openCall();
    if (call !== null && call.startedAt >= since) open.calls.push(call);
  }
  return open;
}

function prepare(plan: RunPlan, thread: number): Prepared {
  const encoded = new Map<string, EncodedAudio>();
  const audio = {
    sampleRate: plan.audio.sampleRate,
    frameMs: plan.audio.frameMs,
    audibleLevel: plan.audio.audibleLevel,
  };
  return {
    plan,
    thread,
    groups: plan.users.map((users) => {
      const { protocol } = users.target;
      if (users.kind !== 'voice' || protocol === 'http' || protocol === 'grpc') return null;
      const adapter = adapters[protocol](audio, users.markers);
      const known =
        encoded.get(protocol) ?? encodeAudio(adapter, plan.clips, plan.audio, (plan.record ?? 0) > 0);
      encoded.set(protocol, known);
      return { users, adapter, audio: known };
    }),
  };
}
