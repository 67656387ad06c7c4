/** One engine worker: its users, its pacing loop and its reports. Several live side by side in threads of their own. */
import { Clock } from '../clock.ts';
import type { FromWorker, ToWorker, UserAssignment, WorkerReport } from '../messages.ts';
import type { PlanUsers, RunPlan } from '../plan.ts';
import type { ProtocolAdapter } from '../protocols/adapter.ts';
import { adapters } from '../protocols/registry.ts';
import { memoryOf, recordingsFor, type Recordings } from '../recording/recordings.ts';
import type { Transport } from '../transport/transport.ts';
import { warmUp } from '../transport/warmUp.ts';
import { createWebSocketTransport } from '../transport/webSocket.ts';
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
  users: PlanUsers;
  adapter: ProtocolAdapter;
  audio: EncodedAudio;
}

interface Prepared {
  plan: RunPlan;
  groups: Group[];
}

interface Running extends Prepared {
  clock: Clock;
  epochMs: number;
  pacer: Pacer;
  transport: Transport;
  tally: Tally;
  recordings: Recordings | null;
  health: HealthMonitor;
  users: Map<number, VirtualUser>;
  /** What the users of a group share, group by group. */
  contexts: UserContext[];
  lastConnectAt: number;
}

/** `memory` goes over to the coordinator with the message. */
export type SendToCoordinator = (message: FromWorker, memory?: ArrayBuffer[]) => void;

export class EngineWorker {
  readonly #send: SendToCoordinator;
  #prepared: Prepared | null = null;
  #running: Running | null = null;
  #warm = false;

  constructor(send: SendToCoordinator) {
    this.#send = send;
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'prepare':
        this.#prepared = prepare(message.plan);
        void this.#warmUp().then(() => this.#send({ type: 'ready' }));
        return;
      case 'start':
        this.#start(BigInt(message.baseNs), message.epochMs);
        return;
      case 'add':
        for (const user of message.users) this.#add(user);
        return;
      case 'remove':
        for (const vu of message.vus) this.#running?.users.get(vu)?.remove();
        return;
      case 'stop':
        for (const user of this.#running?.users.values() ?? []) user.leave();
        return;
      case 'report':
        if (this.#running) this.#sendReport('report', this.#running);
        return;
      case 'abort':
        this.#end();
        return;
    }
  }

  async #warmUp(): Promise<void> {
    if (this.#warm) return;
    this.#warm = true;
    await warmUp(createWebSocketTransport(new Clock(process.hrtime.bigint())));
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
      health: new HealthMonitor(),
      users: new Map(),
      contexts: [],
      lastConnectAt: Number.NEGATIVE_INFINITY,
    };
    running.contexts = prepared.groups.map((group) => this.#context(running, group));
    this.#running = running;
    pacer.start();
  }

  #context(running: Running, { users, adapter, audio }: Group): UserContext {
    const { clock, epochMs, pacer, plan, recordings, tally, transport } = running;
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
      mayConnect: (now) => {
        if (now - running.lastConnectAt < apart) return false;
        running.lastConnectAt = now;
        return true;
      },
      onDone: (done) => {
        pacer.remove(done);
        running.users.delete(done.vu);
        this.#send({ type: 'user_done', vu: done.vu });
      },
    };
  }

  #add(assignment: UserAssignment): void {
    const running = this.#running;
    const context = running?.contexts[assignment.group];
    if (!running || !context) return;
    const user = new VirtualUser(assignment, context);
    running.users.set(assignment.vu, user);
    running.pacer.add(user, assignment.phase);
  }

  #sendReport(type: 'report' | 'done', running: Running): void {
    const report = this.#report(running);
    const recordings = running.recordings?.take(running.clock.now()) ?? [];
    this.#send({ type, report, recordings }, memoryOf(recordings));
  }

  #report(running: Running): WorkerReport {
    let active = 0;
    let connecting = 0;
    for (const user of running.users.values()) {
      const state = user.state;
      if (state === 'open') active++;
      else if (state === 'connecting') connecting++;
    }
    const { slipped, bufferedBytes, ...counted } = running.tally.take();
    const { spanMs, ...health } = running.health.take();
    return {
      at: running.clock.now(),
      spanMs,
      active,
      connecting,
      ...counted,
      health: { ...health, slipped, bufferedBytes },
    };
  }

  #end(): void {
    const running = this.#running;
    if (!running) return;
    for (const user of [...running.users.values()]) user.abort();
    running.pacer.stop();
    this.#sendReport('done', running);
    running.health.close();
    this.#running = null;
    this.#prepared = null;
  }
}

function prepare(plan: RunPlan): Prepared {
  const encoded = new Map<string, EncodedAudio>();
  const audio = {
    sampleRate: plan.audio.sampleRate,
    frameMs: plan.audio.frameMs,
    audibleLevel: plan.audio.audibleLevel,
  };
  return {
    plan,
    groups: plan.users.map((users) => {
      const adapter = adapters[users.target.protocol](audio, users.markers);
      const known =
        encoded.get(users.target.protocol) ??
        encodeAudio(adapter, plan.clips, plan.audio, (plan.record ?? 0) > 0);
      encoded.set(users.target.protocol, known);
      return { users, adapter, audio: known };
    }),
  };
}
