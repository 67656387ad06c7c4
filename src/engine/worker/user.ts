/**
 * A virtual user: makes one call after the other, holds one at a time. Everything it does in time happens in its slot
 * of the pacing loop; nothing here has a timer of its own.
 */
import { userRemoved, type CallRecord, type TurnRecord } from '#contract/run';
import { Conversation } from '../call/conversation.ts';
import { Microphone } from '../call/microphone.ts';
import type { Clock } from '../clock.ts';
import type { UserAssignment } from '../messages.ts';
import type { PlanVoiceUsers, RunPlan } from '../plan.ts';
import type { Outgoing, ProtocolAdapter } from '../protocols/adapter.ts';
import { Random } from '../random.ts';
import { isRecorded } from '../recording/choice.ts';
import type { CallRecorder } from '../recording/callRecorder.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { Remembered } from '../recording/remembered.ts';
import { RememberedCall } from '../recording/rememberedCall.ts';
import type { ConnectTimings, Transport } from '../transport/transport.ts';
import type { CallBudget } from './callBudget.ts';
import type { EncodedAudio } from './clips.ts';
import { callRecord, type CallPlan, type OpenCall } from './openCall.ts';
import type { Paced } from './pacer.ts';
import type { Tally } from './tally.ts';

/** What all users of a group share on a worker. */
export interface UserContext {
  plan: RunPlan;
  group: PlanVoiceUsers;
  adapter: ProtocolAdapter;
  audio: EncodedAudio;
  clock: Clock;
  /** Epoch milliseconds at stamp 0. */
  epochMs: number;
  tally: Tally;
  transport: Transport;
  /** null: no call is recorded. */
  recordings: Recordings | null;
  /** null: nothing is remembered of calls that are not recorded. */
  remembered: Remembered | null;
  /** Whether a connect may begin now: connecting is paced too, so that it delays no frame of those already talking. */
  mayConnect: (now: number) => boolean;
  onDone: (user: VirtualUser) => void;
}

/** A user that cannot connect, or whose calls end before a turn does, waits this long, doubling up to the most. */
const firstBackoffMs = 500;
const mostBackoffMs = 5000;
const ticksBetweenChecks = 50;
/** A socket stuck with this much audio will not recover: the call is given up. */
const stuckSeconds = 30;

export class VirtualUser implements Paced {
  readonly vu: number;
  readonly load: number;
  readonly phase: number;
  readonly #budget: CallBudget;
  readonly #context: UserContext;
  readonly #random: Random;
  #call: OpenCall | null = null;
  #next: CallPlan | null = null;
  #waitUntil = 0;
  #backoffMs = firstBackoffMs;
  #callsMade = 0;
  #leaving = false;
  #done = false;
  #ticks: number;

  constructor(assignment: UserAssignment, context: UserContext, budget: CallBudget) {
    this.vu = assignment.vu;
    this.load = assignment.load;
    this.#budget = budget;
    this.phase = assignment.phase;
    this.#context = context;
    this.#random = new Random(context.plan.seed, assignment.vu);
    this.#ticks = assignment.vu % ticksBetweenChecks;
  }

  get state(): 'idle' | 'connecting' | 'open' {
    if (!this.#call) return 'idle';
    return this.#call.conversation ? 'open' : 'connecting';
  }

  /** When the oldest connect or turn began of which nothing is recorded yet; null: there is none. */
  get openSince(): number | null {
    const call = this.#call;
    return call === null ? null : call.conversation === null ? call.startedAt : call.conversation.openSince;
  }

  /** The record of the call that is connected, as if it were cut off now; null: there is none. */
  openCall(): CallRecord | null {
    const call = this.#call;
    return call?.conversation ? this.#recordOf(call, 'cut', null, null, null) : null;
  }

  /** Dials at once, not in a slot of its own: whoever arrives does so at its own moment. */
  arrive(now: number): void {
    const plan = this.#newCall();
    if (plan) this.#dial(plan, now);
    else this.#finish();
  }

  /** Lets the open turn end, then hangs up; further calls are not made. */
  leave(): void {
    this.#leaving = true;
    this.#call?.conversation?.stopSoon();
  }

  /** Taken off while the run goes on: leaves, and goes at once when it is not connected yet. */
  remove(): void {
    if (this.#call?.conversation) this.leave();
    else this.#cutOff(userRemoved);
  }

  /** Ends everything now; what was open counts as cut. */
  abort(): void {
    this.#cutOff(null);
  }

  #cutOff(error: string | null): void {
    this.#leaving = true;
    const call = this.#call;
    if (call) {
      call.conversation?.cut();
      call.recorder?.end(this.#context.clock.now(), false);
      this.#record(call, 'cut', null, error);
      this.#remember(call, false);
      call.connection.terminate();
      this.#call = null;
    }
    this.#finish();
  }

  slipped(): void {
    const call = this.#call;
    if (!call?.conversation) return;
    call.slipped++;
    call.conversation.slipped();
    this.#context.tally.slipped++;
  }

  tick(now: number): boolean {
    const call = this.#call;
    if (call?.conversation) return this.#getReady(call, call.conversation, now);
    if (!call) this.#dialWhenDue(now);
    return false;
  }

  send(due: number, now: number): void {
    const call = this.#call;
    if (!call?.conversation) return;
    const { tally } = this.#context;
    const bytes = call.connection.sendStaged();
    // The call that it was for has ended meanwhile.
    if (bytes === 0) return;
    tally.bytesSent += bytes;
    call.conversation.sent(now);
    tally.lateness.record(now - due);
    tally.framesSent++;
    call.framesSent++;
    if (call.recorder !== null) call.recorder.sent(due, now);
  }

  #getReady(call: OpenCall, conversation: Conversation, now: number): boolean {
    const frame = conversation.nextFrame(now);
    if (conversation.over) {
      this.#hangUp(call);
      return false;
    }
    if (call.pendingAnswers.length > 0) this.#answerWhatWasPlayed(call, now);
    if (++this.#ticks % ticksBetweenChecks === 0) this.#checkBacklog(call);
    if (!frame || this.#call !== call) return false;
    const out = call.session.frame(frame, this.#context.epochMs + now);
    call.connection.stage(out.bytes, out.binary);
    if (call.recorder !== null) call.recorder.stage(frame);
    return true;
  }

  #checkBacklog(call: OpenCall): void {
    const { tally, audio } = this.#context;
    const buffered = call.connection.bufferedBytes;
    tally.bufferedBytes = Math.max(tally.bufferedBytes, buffered);
    const stuck = buffered > audio.bytesPerSecond;
    if (stuck && !call.stuck) {
      tally.backpressure++;
      this.#error(
        'backpressure',
        'more than a second of audio waits in the socket: the target or the network does not take it',
        null,
      );
    }
    call.stuck = stuck;
    if (buffered > audio.bytesPerSecond * stuckSeconds)
      this.#ended(call, 1006, `${stuckSeconds} s of audio were never taken`);
  }

  // — dialling —

  #dialWhenDue(now: number): void {
    if (this.#leaving || (this.#next === null && this.#budget.spent)) {
      this.#finish();
      return;
    }
    if (now < this.#waitUntil || !this.#context.mayConnect(now)) return;
    const plan = this.#next ?? this.#newCall();
    this.#next = null;
    if (plan) this.#dial(plan, now);
    else this.#finish();
  }

  #newCall(): CallPlan | null {
    const { group, plan } = this.#context;
    const conversation = this.#random.pick(group.conversations);
    if (!conversation || !this.#budget.take()) return null;
    this.#callsMade++;
    const count = group.turnsPerCall ?? conversation.turns.length;
    const turns = Array.from(
      { length: count },
      (_, i) => conversation.turns[i % conversation.turns.length],
    ).filter((t) => t !== undefined);
    return {
      callId: `${plan.runId}-u${this.vu}-c${this.#callsMade}`,
      conversation: conversation.name,
      turns,
      firstIndex: 1,
      attempt: 1,
      reconnects: 0,
      recorded: isRecorded(plan, this.vu, this.#callsMade),
    };
  }

  #dial(plan: CallPlan, now: number): void {
    const { adapter, group, tally, transport } = this.#context;
    const session = adapter.session({ callId: plan.callId, vu: this.vu });
    const handshake = session.handshake();
    tally.callsAttempted++;
    let call: OpenCall | null = null;
    const connection = transport({
      target: group.target,
      headers: handshake.headers,
      subprotocols: handshake.subprotocols,
      timeoutMs: group.timeouts.connect,
      listener: {
        onOpen: (timings, at) => call && this.#opened(call, timings, at),
        onMessage: (data, binary, at) => call && this.#received(call, data, binary, at),
        onClose: (code, reason) => call && this.#ended(call, code, reason),
        onFailure: (failure, at) => call && this.#failed(call, failure.kind, failure.message, at),
      },
    });
    call = {
      plan, connection, session, conversation: null, recorder: null, memory: null, slowest: null, turnFailed: false, startedAt: now, timings: null, connectedAt: null,
      framesSent: 0, framesReceived: 0, slipped: 0, stuck: false, pendingAnswers: [],
    }; // prettier-ignore
    this.#call = call;
  }

  #opened(call: OpenCall, timings: ConnectTimings, at: number): void {
    if (this.#call !== call) return;
    const { audio, group, plan, tally, clock } = this.#context;
    tally.callsConnected++;
    tally.measured('connect', timings.connect);
    call.timings = timings;
    call.connectedAt = at;
    const tail = group.silence === 'tail' ? Math.ceil(group.timeouts.quiet_tail / plan.audio.frameMs) : null;
    const microphone = new Microphone(
      audio.quiet,
      tail,
      Math.floor(this.#random.next() * audio.quiet.length),
    );
    const conversation = new Conversation(
      {
        callId: call.plan.callId,
        vu: this.vu,
        user: group.name,
        conversation: call.plan.conversation,
        frameMs: plan.audio.frameMs,
        greeting: group.greeting,
        timeouts: group.timeouts,
        turns: call.plan.turns,
        firstIndex: call.plan.firstIndex,
        benignCloseCodes: group.benignCloseCodes,
        random: () => this.#random.next(),
        utterance: (clip) => {
          const utterance = audio.utterances[clip];
          if (!utterance) throw new Error(`The plan names clip ${clip}, which it does not have`);
          return utterance;
        },
      },
      microphone,
      {
        onTurn: (record) => {
          noteTurn(call, record);
          tally.turn(record);
        },
        onError: (kind, message, turn) => this.#error(kind, message, turn),
        onMeasured: (metric, ms) => tally.measured(metric, ms),
      },
    );
    call.recorder = this.#recorderOf(call.plan, at);
    if (call.recorder === null && this.#context.remembered !== null) call.memory = new RememberedCall();
    for (const out of call.session.setup()) this.#send(call, out);
    conversation.opened(clock.now());
    if (this.#leaving) conversation.stopSoon();
    call.conversation = conversation;
  }

  #recorderOf({ recorded, callId, attempt, conversation }: CallPlan, at: number): CallRecorder | null {
    const { recordings, audio, adapter } = this.#context;
    if (!recorded || recordings === null || audio.sounds === null) return null;
    return recordings.begin(
      { callId, attempt, vu: this.vu, conversation, startedAt: at },
      { sounds: audio.sounds, audioKind: adapter.audioKind },
    );
  }

  #received(call: OpenCall, data: Buffer, binary: boolean, at: number): void {
    const { tally } = this.#context;
    const conversation = call.conversation;
    tally.bytesReceived += data.length;
    if (this.#call !== call || !conversation) return;
    for (const message of call.session.receive(data, binary)) {
      if (message.class === 'audio') {
        tally.framesReceived++;
        call.framesReceived++;
      } else tally.other(message.kind);
      conversation.received(message, at);
      if (call.recorder !== null)
        call.recorder.heard(message, { data, binary }, conversation.playedUntil, at);
      else if (call.memory !== null) call.memory.heard(message, { data, binary }, at);
      if (message.class === 'stop') for (const pending of call.pendingAnswers) pending.at = at;
      if (message.answer?.when === 'now') this.#send(call, message.answer.message);
      else if (message.answer)
        call.pendingAnswers.push({ at: conversation.playedUntil, message: message.answer.message });
    }
  }

  #answerWhatWasPlayed(call: OpenCall, now: number): void {
    call.pendingAnswers = call.pendingAnswers.filter((pending) => {
      if (pending.at > now) return true;
      this.#send(call, pending.message);
      return false;
    });
  }

  #send(call: OpenCall, out: Outgoing): void {
    call.connection.send(out.bytes, out.binary);
    this.#context.tally.bytesSent += out.bytes.length;
    if (call.recorder !== null) call.recorder.said(out, this.#context.clock.now());
    else if (call.memory !== null) call.memory.said(out, this.#context.clock.now());
  }

  // — ends —

  #hangUp(call: OpenCall): void {
    for (const out of call.session.farewell()) this.#send(call, out);
    call.connection.close(1000, 'call ended');
    call.recorder?.end(this.#context.clock.now(), false);
    this.#record(call, 'ended', 1000, null);
    this.#remember(call, false);
    this.#call = null;
    this.#afterCall(call);
  }

  #ended(call: OpenCall, code: number, reason: string): void {
    if (this.#call !== call || !call.conversation) return;
    const { clock, group, tally } = this.#context;
    const now = clock.now();
    const end = call.conversation.closed(code, reason, now);
    if (end.outcome === 'dropped') tally.callsDropped++;
    call.connection.terminate();
    call.recorder?.end(now, true);
    this.#record(call, end.outcome, code, end.error);
    this.#remember(call, end.outcome === 'dropped');
    this.#call = null;
    const { conversation } = call;
    const again =
      end.outcome === 'dropped' &&
      !this.#leaving &&
      conversation.turnsLeft.length > 0 &&
      call.plan.reconnects < group.reconnect.attempts;
    if (again) {
      this.#next = {
        ...call.plan,
        turns: conversation.turnsLeft,
        firstIndex: conversation.nextIndex,
        attempt: call.plan.attempt + 1,
        reconnects: call.plan.reconnects + 1,
      };
      this.#waitUntil = now + group.reconnect.backoffMs * 2 ** call.plan.reconnects;
    } else this.#afterCall(call);
  }

  #failed(call: OpenCall, kind: string, message: string, at: number): void {
    if (this.#call !== call) return;
    const { group, tally } = this.#context;
    tally.callsFailed++;
    this.#error(kind, message, null);
    this.#record(call, 'failed', null, kind, kind === 'connect_timeout' ? group.timeouts.connect : null);
    this.#call = null;
    const plan = call.plan;
    if (plan.reconnects > 0 && plan.reconnects < group.reconnect.attempts && !this.#leaving) {
      this.#next = { ...plan, attempt: plan.attempt + 1, reconnects: plan.reconnects + 1 };
      this.#waitUntil = at + group.reconnect.backoffMs * 2 ** plan.reconnects;
    } else this.#backOff(at);
  }

  /** A call that achieved nothing is not repeated at once: a dead or full target must not be stormed. */
  #afterCall(call: OpenCall): void {
    const spoke = (call.conversation?.counts.turnsStarted ?? 0) > 0;
    if (spoke) {
      this.#backoffMs = firstBackoffMs;
      this.#waitUntil = 0;
    } else this.#backOff(this.#context.clock.now());
  }

  #backOff(now: number): void {
    this.#waitUntil = now + this.#backoffMs;
    this.#backoffMs = Math.min(mostBackoffMs, this.#backoffMs * 2);
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#context.onDone(this);
  }

  #error(kind: string, message: string, turn: number | null): void {
    const { clock, tally } = this.#context;
    tally.error({
      at: clock.now(),
      kind,
      message,
      callId: this.#call?.plan.callId ?? null,
      turn,
      vu: this.vu,
    });
  }

  #record(
    call: OpenCall,
    outcome: CallRecord['outcome'],
    closeCode: number | null,
    error: string | null,
    connectMs: number | null = null,
  ): void {
    this.#context.tally.call(this.#recordOf(call, outcome, closeCode, error, connectMs));
  }

  /** It is over: whether what is remembered of it is kept is decided now, or at the end of the run. */
  #remember(call: OpenCall, failed: boolean): void {
    const { clock, remembered, plan } = this.#context;
    if (call.memory === null || remembered === null || call.connectedAt === null) return;
    const { callId, attempt, conversation } = call.plan;
    const { sampleRate } = plan.audio;
    remembered.end(
      { callId, attempt, vu: this.vu, conversation, startedAt: call.connectedAt, sampleRate },
      call.memory,
      { endedAt: clock.now(), failed: failed || call.turnFailed, slowest: call.slowest },
    );
  }

  #recordOf(
    call: OpenCall,
    outcome: CallRecord['outcome'],
    closeCode: number | null,
    error: string | null,
    connectMs: number | null,
  ): CallRecord {
    const { clock, group } = this.#context;
    const endedAt = clock.now();
    return callRecord(call, { vu: this.vu, user: group.name, endedAt, outcome, closeCode, error, connectMs });
  }
}

function noteTurn(call: OpenCall, { status, ttfa, excluded }: TurnRecord): void {
  if (status === 'failed' || status === 'timeout') call.turnFailed = true;
  if (ttfa !== null && excluded === null) call.slowest = Math.max(call.slowest ?? 0, ttfa);
}
