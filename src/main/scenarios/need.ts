/** What a scenario asks of the machine it is run on. */
import { availableParallelism } from 'node:os';
import { defaultWorkers, type RunNeed, type TargetNeed } from '#contract/machine';
import { practiceEnvironment, type ScenarioFile, type User } from '#contract/scenario/file';
import { addressOf as stepAddress, stepsOf } from '#contract/scenario/steps';
import { peakOf } from '#contract/scenario/load';
import { readValues, type ValueSources } from '../environments/values.ts';
import { shownHost } from './targets.ts';

type Address = Pick<TargetNeed, 'address' | 'shown' | 'secure'>;

const practiceAgent: Address = { address: 'practice', shown: 'the practice agent', secure: false };
const defaultPorts: Record<string, string> = {
  'ws:': '80',
  'wss:': '443',
  'http:': '80',
  'https:': '443',
  'grpc:': '80',
  'grpcs:': '443',
};

/** What all users entries want of one address. */
interface Share {
  target: Address;
  weight: number;
  sharing: { weight: number; connections: number }[];
}

/** Addresses of the environment's targets by name, filled in as far as they can be. */
export type Addresses = Readonly<Record<string, string>>;

/** Fills in the addresses; what has no value stands as it is written. */
export async function addressesOf(file: ScenarioFile, sources: ValueSources): Promise<Addresses> {
  const { environment } = file;
  if (typeof environment === 'string') return {};
  const urls = Object.entries(environment.targets).map(([name, { url }]): [string, string] => [name, url]);
  const values = await readValues(
    urls.map(([, url]) => url),
    environment.variables,
    sources,
  );
  return Object.fromEntries(urls.map(([name, url]) => [name, values.fillKnown(url)]));
}

/** Where a users entry calls. */
function addressOf(file: ScenarioFile, user: User, addresses: Addresses): Address {
  const { environment } = file;
  if (environment === practiceEnvironment) return practiceAgent;
  // Of an environment that was not looked up only the name is known.
  if (typeof environment === 'string') return { address: environment, shown: environment, secure: true };
  const written = environment.targets[user.target]?.url ?? '';
  const filled = addresses[user.target] ?? written;
  return hostOf(written, filled);
}

function hostOf(written: string, filled: string): Address {
  const shown = shownHost(written);
  const url = URL.canParse(filled) ? new URL(filled) : null;
  return {
    address: url === null ? shown : `${url.hostname}:${url.port || (defaultPorts[url.protocol] ?? '')}`,
    shown,
    secure: /^(wss|https|grpcs):/i.test(filled),
  };
}

/** Other servers that requests are made of: where a step names a whole address. */
function othersOf(user: User, own: Address): Address[] {
  if (user.kind !== 'http') return [];
  const others = new Map<string, Address>();
  for (const { step } of stepsOf(user, [])) {
    const written = stepAddress(step);
    if (!/^https?:\/\/[^/?#$]+(?:[/?#]|$)/i.test(written)) continue;
    const other = hostOf(written, written);
    if (other.address !== own.address) others.set(other.address, other);
  }
  return [...others.values()];
}

/** How many connections to an address users of an entry share; null: each has its own. */
function sharedBy(user: User, workers: number): number | null {
  if (user.kind === 'voice') return null;
  const each = user.kind === 'http' ? user.connections : user.channels;
  return each === 'own' ? null : each * workers;
}

/** The most a run of the scenario needs at any moment. `workers` null: as many as the program chooses. */
export function runNeed(file: ScenarioFile, workers: number | null, addresses: Addresses = {}): RunNeed {
  const calls = peakOf(file);
  const weights = file.users.reduce((sum, user) => sum + user.weight, 0);
  const threads = workers ?? defaultWorkers(availableParallelism());
  const shares = new Map<string, Share>();
  let [voices, talking] = [0, 0];
  for (const user of file.users) {
    const { weight } = user;
    const own = addressOf(file, user, addresses);
    for (const target of [own, ...othersOf(user, own)]) {
      const share = shares.get(target.address) ?? { target, weight: 0, sharing: [] };
      share.weight += weight;
      const connections = sharedBy(user, threads);
      if (connections !== null) share.sharing.push({ weight, connections });
      shares.set(target.address, share);
    }
    if (user.kind === 'voice') voices += weight;
    // Where silence is not sent nobody knows how many talk at once.
    if (user.kind === 'voice' && user.silence === 'continuous') talking += weight;
  }
  const partOf = (weight: number) => Math.floor((weight * calls) / weights);
  return {
    calls,
    ...(voices === weights ? {} : { callers: Math.floor((voices * calls) / weights) }),
    workers: threads,
    framesPerSecond: Math.floor((talking * calls * 1000) / (weights * file.audio.chunk)),
    targets: [...shares.values()].map(({ target, weight, sharing }) => ({
      ...target,
      calls: partOf(weight),
      ...(sharing.length === 0
        ? {}
        : { shared: sharing.map((one) => ({ users: partOf(one.weight), connections: one.connections })) }),
    })),
    practice: file.environment === practiceEnvironment,
  };
}
