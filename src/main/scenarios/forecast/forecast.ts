/** What a scenario's load will ask of this machine and of the target, told before the run. */
import type { LoadForecast } from '#contract/api/scenarios';
import type { RunNeed } from '#contract/machine';
import { protocols, type ProtocolName, type ScenarioFile, type VoiceUser } from '#contract/scenario/file';
import {
  executorsOf,
  loadsOf,
  peakOf,
  peakUsers,
  plannedMs,
  rateAt,
  type ScenarioLoad,
} from '#contract/scenario/load';
import { callCount, type CallCount } from './callCount.ts';
import type { ClipPlaces } from './clipLengths.ts';
import { expectedCall, type AverageCall } from './expectedCall.ts';
import { judgeMachine, type KnownMachine } from './machine.ts';
import { requestNote } from './requestRate.ts';
import { frameBytes } from './traffic.ts';

export interface ForecastParts extends ClipPlaces {
  /** What it needs of the machine, as the run itself will be judged by. */
  need: RunNeed;
  machine: KnownMachine;
}

/** A users entry at the peak of its load. */
interface AtPeak {
  user: VoiceUser;
  calls: number;
  call: AverageCall;
}

function shareOf(user: VoiceUser, all: readonly VoiceUser[]): number {
  return user.weight / all.reduce((sum, { weight }) => sum + weight, 0);
}

function protocolOf(file: ScenarioFile, user: VoiceUser): ProtocolName {
  const { environment } = file;
  const named = typeof environment === 'string' ? null : environment.targets[user.target]?.protocol;
  return protocols.find((protocol) => protocol === named) ?? protocols[0];
}

/** Share of a call during which its caller sends frames. */
function sending({ user, call }: AtPeak, turns: number): number {
  if (user.silence === 'continuous') return 1;
  return Math.min(1, (call.speechMs + turns * user.timeouts.quiet_tail) / Math.max(1, call.callMs));
}

function turnsOf(user: VoiceUser): number {
  const counts = user.conversations.map(({ turns }) => user.turns_per_call ?? turns?.length ?? 1);
  return counts.reduce((sum, n) => sum + n, 0) / Math.max(1, counts.length);
}

/** Arrivals beyond `max_users` are dropped: said when it is to be expected. */
function dropNote({ profile }: ScenarioLoad, callMs: number): string | null {
  if (profile.kind !== 'arrivals') return null;
  let at = 0;
  let rate = profile.startRate;
  for (const { durationMs } of profile.stages) {
    at += durationMs;
    rate = Math.max(rate, rateAt(profile, at));
  }
  const held = Math.ceil((rate * callMs) / 1000);
  if (held <= profile.maxUsers) return null;
  return `At ${Number(rate.toFixed(2))} arrivals a second and calls of about ${Math.round(callMs / 1000)} s, ${held} calls would be held at once; max_users is ${profile.maxUsers}, so arrivals will be dropped.`;
}

function total(counts: readonly CallCount[]): CallCount {
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    exact: counts.every(({ exact }) => exact),
  };
}

/** Calls of a load: those of each users entry where every user calls as often as there is time, else of all together. */
function countOf(load: ScenarioLoad, users: readonly VoiceUser[], calls: readonly AverageCall[]): CallCount {
  const { profile } = load;
  const perUser = (user: VoiceUser) => (user.calls_per_user === 'forever' ? null : user.calls_per_user);
  const counts = users.map((user, i) => {
    const share = shareOf(user, users);
    const { callMs = 0, spread = 0 } = calls[i] ?? {};
    const counted = callCount(profile, { callMs, spread, perUser: perUser(user) });
    return { count: counted.count * share, exact: counted.exact };
  });
  const all = total(counts);
  return { ...all, count: Math.round(all.count) };
}

/**
 * The forecast of a checked scenario. Calls are exact where the load says how many there are; where users call again and
 * again it is estimated how often, from the length of a call: the greeting, if it is waited for; then for each turn the
 * pause before it, its clip (as long as its words usually take when it is not spoken yet), the wait for the answer, the
 * answer, cut short where it is interrupted, and the gap that ends it. Waits and answers are those of the practice agent
 * as it comes; another agent's are not known before the run. Bytes are those of WebSocket messages, without TCP and TLS.
 */
export async function forecastLoad(file: ScenarioFile, parts: ForecastParts): Promise<LoadForecast> {
  const peaks: AtPeak[] = [];
  const counts: CallCount[] = [];
  const notes: string[] = [];
  let [weighted, allCalls] = [0, 0];
  for (const load of loadsOf(file)) {
    const users = load.users.flatMap((i) => file.users[i] ?? []).filter((user) => user.kind === 'voice');
    const calls: AverageCall[] = [];
    for (const user of users) calls.push(await expectedCall(user, parts));
    const counted = countOf(load, users, calls);
    counts.push(counted);
    const meanMs = users.reduce((sum, user, i) => sum + shareOf(user, users) * (calls[i]?.callMs ?? 0), 0);
    weighted += meanMs * counted.count;
    allCalls += counted.count;
    const note = dropNote(load, meanMs);
    if (note !== null && users.length > 0) notes.push(note);
    const requests = requestNote(file, load);
    if (requests !== null) notes.push(requests);
    users.forEach((user, i) => {
      const call = calls[i];
      if (call) peaks.push({ user, call, calls: shareOf(user, users) * peakUsers(load.profile) });
    });
  }
  let [frames, sent, received] = [0, 0, 0];
  for (const peak of peaks) {
    const bytes = frameBytes(protocolOf(file, peak.user), file.audio);
    const perSecond = (peak.calls * 1000) / file.audio.chunk;
    const outgoing = perSecond * sending(peak, turnsOf(peak.user));
    frames += outgoing;
    sent += outgoing * bytes.sent;
    received += perSecond * (peak.call.answerMs / Math.max(1, peak.call.callMs)) * bytes.received;
  }
  return {
    executors: executorsOf(file),
    peakCalls: peakOf(file),
    durationMs: plannedMs(file),
    calls: total(counts),
    callMs: allCalls > 0 ? weighted / allCalls : 0,
    framesPerSecond: Math.round(frames),
    sentBytesPerSecond: Math.round(sent),
    receivedBytesPerSecond: Math.round(received),
    machine: judgeMachine(parts.machine, parts.need),
    ...(notes.length > 0 ? { notes } : {}),
  };
}
