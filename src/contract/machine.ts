/**
 * What a machine has to make calls with, what a run needs of it, and whether the one carries the other. Looked at
 * before every run, so that a plan that cannot fit is refused in one sentence and not discovered in its middle.
 */
import { z } from 'zod';

/** What is known of this machine; null where the system does not say, and then it is not judged. */
export const MachineFacts = z.object({
  /** `process.platform`. */
  platform: z.string(),
  cpuModel: z.string(),
  /** Cores this process may use. */
  cores: z.number().int().min(1),
  /** Files and sockets one process may have open at once; null: no limit, or not known. */
  openFiles: z.number().int().nullable(),
  /** Local ports for connections to one address. */
  ports: z.number().int().nullable(),
  /** Of those, how many are taken towards an address (`host:port`) that was asked about. */
  portsInUse: z.record(z.string(), z.number().int()),
  /** Bytes that may be had at all, and bytes that are free for a program now. */
  memoryTotal: z.number(),
  memoryAvailable: z.number().nullable(),
});
export type MachineFacts = z.infer<typeof MachineFacts>;

/** Users who share connections: however many they are, no more than these are open at once. */
export interface SharedConnections {
  users: number;
  connections: number;
}

/** The calls of a run to one address. */
export interface TargetNeed {
  /** `host:port`; calls to the same one share its local ports. */
  address: string;
  /** The address for people, secrets masked. */
  shown: string;
  /** Most calls at once, or clients that make requests; each has a connection of its own but for those in `shared`. */
  calls: number;
  /** Those of them who share connections; left out: none. */
  shared?: SharedConnections[];
  /** Over TLS. */
  secure: boolean;
}

/** What a run needs of the machine. */
export interface RunNeed {
  /** Most calls at once, or clients that make requests. */
  calls: number;
  /** Those of them that speak; left out: all. */
  callers?: number;
  /** Threads of the load generator. */
  workers: number;
  /** Frames all calls together send in a second at that moment. */
  framesPerSecond: number;
  targets: TargetNeed[];
  /** The practice agent takes the calls on this machine, in a process of its own. */
  practice: boolean;
}

/** What a run may be made in spite of (`--force`). */
export const refusals = ['guard', 'limits', 'calibration'] as const;
export type Refusal = (typeof refusals)[number];

export const machineLimits = ['open_files', 'ports', 'cores', 'memory'] as const;
export type MachineLimit = (typeof machineLimits)[number];

/** A limit that a run does not fit into. */
export interface LimitExceeded {
  limit: MachineLimit;
  /** The most calls of this run that do fit. */
  most: number;
  /** What is asked, what there is, and what to do. */
  message: string;
}

/** Files the program has open beside its calls: database, logs, listening sockets, threads. */
export const openFilesReserve = 100;
/** A frame costs at least 10 µs of a core, whatever the machine: 2,000 calls of 50 frames a second. */
export const framesPerCore = 100_000;
/** Bytes of memory a call takes on the side that makes it. */
export const bytesPerCall = { plain: 60_000, secure: 130_000 };
/** What the practice agent keeps for a call. */
const practiceBytesPerCall = 60_000;

interface Quantity {
  limit: MachineLimit;
  /** Of the run with so many calls instead, its users in proportion. */
  askedBy: (calls: number) => number;
  available: number;
  target: TargetNeed | null;
}

/** Connections to an address that are open at once when the run has `of` of its calls. */
function connectionsTo({ calls, shared = [] }: TargetNeed, of: number, all: number): number {
  return shared.reduce(
    (open, { users, connections }) => open - Math.max(0, (users * of) / all - connections),
    (calls * of) / all,
  );
}

/** Every limit that is known, with what the run asks of it. */
function quantities(facts: MachineFacts, need: RunNeed): Quantity[] {
  const list: Quantity[] = [];
  const add = (
    limit: MachineLimit,
    askedBy: Quantity['askedBy'],
    available: number | null,
    target: TargetNeed | null = null,
  ) => {
    if (available !== null) list.push({ limit, askedBy, available, target });
  };
  const { calls: all, targets } = need;
  // The practice agent has a process and thus a limit of its own, of the same size.
  add(
    'open_files',
    (calls) => targets.reduce((sum, target) => sum + connectionsTo(target, calls, all), 0),
    filesForCalls(facts),
  );
  for (const target of targets)
    add('ports', (calls) => connectionsTo(target, calls, all), portsTowards(facts, target.address), target);
  add(
    'cores',
    (calls) => (need.framesPerSecond * calls) / all,
    usableCores(facts, need.workers) * framesPerCore,
  );
  add('memory', (calls) => memoryFor(need, calls), facts.memoryAvailable ?? facts.memoryTotal);
  return list;
}

/** The most calls that do fit, of a run that does not. */
function mostOf({ askedBy, available }: Quantity, all: number): number {
  let [fits, tooMany] = [0, all];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (askedBy(middle) <= available) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** Calls that the limit of open files leaves room for. */
export function filesForCalls(facts: MachineFacts): number | null {
  return facts.openFiles === null ? null : Math.max(0, facts.openFiles - openFilesReserve);
}

function portsTowards(facts: MachineFacts, address: string): number | null {
  return facts.ports === null ? null : Math.max(0, facts.ports - (facts.portsInUse[address] ?? 0));
}

/** Engine threads of a run that does not ask for a number: one core is left for everything else. */
export function defaultWorkers(cores: number): number {
  return Math.max(1, cores - 1);
}

/** Cores that the threads of a load generator can keep busy. */
export function usableCores(facts: Pick<MachineFacts, 'cores'>, workers: number): number {
  return Math.min(workers, facts.cores);
}

function memoryFor(need: RunNeed, calls: number): number {
  const agent = need.practice ? practiceBytesPerCall : 0;
  return need.targets.reduce(
    (bytes, target) =>
      bytes +
      connectionsTo(target, calls, need.calls) *
        (agent + (target.secure ? bytesPerCall.secure : bytesPerCall.plain)),
    0,
  );
}

/** What those of a run are called: `calls`, or `users` where some make requests. */
export function wordFor({ calls, callers = calls }: RunNeed): string {
  return callers === calls ? 'calls' : 'users';
}

/** The limits a run does not fit into, the tightest first; none when it fits or nothing is known against it. */
export function judgeLimits(facts: MachineFacts, need: RunNeed): LimitExceeded[] {
  return quantities(facts, need)
    .filter(({ askedBy, available }) => askedBy(need.calls) > available)
    .map((quantity) => {
      const most = mostOf(quantity, need.calls);
      return { limit: quantity.limit, most, message: sentence(facts, need, quantity, most) };
    })
    .sort((a, b) => a.most - b.most);
}

/** What does not keep a run from being made, but should be known before it. */
export function limitAnnouncements(facts: MachineFacts, need: RunNeed): string[] {
  if (need.workers <= facts.cores) return [];
  const cores = facts.cores === 1 ? 'core' : 'cores';
  return [
    `This run uses ${whole(need.workers)} engine threads on ${whole(facts.cores)} ${cores}: threads that share a core delay ` +
      `each other's frames. Use at most ${whole(facts.cores)} (--workers), or leave the number to the program.`,
  ];
}

function sentence(facts: MachineFacts, need: RunNeed, quantity: Quantity, most: number): string {
  const { askedBy, available, target, limit } = quantity;
  const asked = askedBy(need.calls);
  const sharing = (target === null ? need.targets : [target]).some(({ shared = [] }) => shared.length > 0);
  const share = sharing ? ['let users share fewer connections'] : [];
  const advice = (ways: string[]) => {
    const all = most > 0 ? [`use at most ${whole(most)} users`, ...ways] : ways;
    const text = all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}` : (all[0] ?? '');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  const calls = `This run asks for ${whole(need.calls)} ${wordFor(need)} at once`;
  switch (limit) {
    case 'open_files': {
      const files = asked + openFilesReserve;
      return (
        `${calls} and needs ${whole(files)} open files; a process may have ${whole(facts.openFiles ?? 0)} here. ` +
        advice([
          ...share,
          `raise the limit (ulimit -n ${files}, as an administrator) and start Crosstalk again`,
        ])
      );
    }
    case 'ports': {
      const inUse = facts.portsInUse[target?.address ?? ''] ?? 0;
      const used = inUse > 0 ? `, ${whole(inUse)} of them still in use` : '';
      return (
        `This run ${sharing ? `opens ${whole(asked)} connections` : `asks for ${whole(asked)} ${wordFor(need)} at once`} ` +
        `to ${target?.shown ?? ''}; this machine has ` +
        `${whole(facts.ports ?? 0)} local ports for one address${used}. ` +
        advice([...share, 'call several addresses', ...wayToMorePorts(facts.platform)])
      );
    }
    case 'cores': {
      const cores = usableCores(facts, need.workers);
      const carried = Math.round((framesPerCore * need.calls) / need.framesPerSecond);
      return (
        `${calls}; ${cores === 1 ? 'one core sends' : `${whole(cores)} cores send`} the frames of ` +
        `${whole(carried * cores)} at the very most (a frame costs at least 10 µs). ` +
        advice([...(need.workers < facts.cores ? ['more --workers'] : []), 'more machines'])
      );
    }
    case 'memory':
      return (
        `${calls} and needs about ${gigabytes(asked)} of memory; ${gigabytes(available)} ` +
        `${facts.memoryAvailable === null ? 'is all there is' : 'are available'}. ` +
        advice(['close other programs', 'take a machine with more memory'])
      );
  }
}

function wayToMorePorts(platform: string): string[] {
  switch (platform) {
    case 'linux':
      return ['widen the range (sysctl -w net.ipv4.ip_local_port_range="1024 65535")'];
    case 'darwin':
      return ['widen the range (sysctl -w net.inet.ip.portrange.first=16384)'];
    case 'win32':
      return ['widen the range (netsh int ipv4 set dynamicport tcp start=16384 num=49152)'];
    default:
      return [];
  }
}

/** A count with its thousands separated. */
export function whole(n: number): string {
  return n.toLocaleString('en', { maximumFractionDigits: 0 });
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${whole(Math.ceil(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
