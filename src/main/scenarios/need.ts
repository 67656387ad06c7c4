/** What a scenario asks of the machine it is run on. */
import { availableParallelism } from 'node:os';
import { defaultWorkers, type RunNeed, type TargetNeed } from '#contract/machine';
import { practiceEnvironment, type ScenarioFile, type User } from '#contract/scenario/file';
import { peakOf } from '#contract/scenario/load';
import { readValues, type ValueSources } from '../environments/values.ts';
import { shownHost } from './targets.ts';

type Address = Omit<TargetNeed, 'calls'>;

const practiceAgent: Address = { address: 'practice', shown: 'the practice agent', secure: false };
const defaultPorts: Record<string, string> = {
  'ws:': '80',
  'wss:': '443',
  'http:': '80',
  'https:': '443',
  'grpc:': '80',
  'grpcs:': '443',
};

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
  const shown = shownHost(written);
  const url = URL.canParse(filled) ? new URL(filled) : null;
  return {
    address: url === null ? shown : `${url.hostname}:${url.port || (defaultPorts[url.protocol] ?? '')}`,
    shown,
    secure: /^(wss|https|grpcs):/i.test(filled),
  };
}

/** The most a run of the scenario needs at any moment. `workers` null: as many as the program chooses. */
export function runNeed(file: ScenarioFile, workers: number | null, addresses: Addresses = {}): RunNeed {
  const calls = peakOf(file);
  const weights = file.users.reduce((sum, user) => sum + user.weight, 0);
  const shares = new Map<string, { target: Address; weight: number }>();
  let [voices, talking] = [0, 0];
  for (const user of file.users) {
    const { weight } = user;
    const target = addressOf(file, user, addresses);
    const known = shares.get(target.address);
    if (known) known.weight += weight;
    else shares.set(target.address, { target, weight });
    if (user.kind === 'voice') voices += weight;
    // Where silence is not sent nobody knows how many talk at once.
    if (user.kind === 'voice' && user.silence === 'continuous') talking += weight;
  }
  return {
    calls,
    ...(voices === weights ? {} : { callers: Math.floor((voices * calls) / weights) }),
    workers: workers ?? defaultWorkers(availableParallelism()),
    framesPerSecond: Math.floor((talking * calls * 1000) / (weights * file.audio.chunk)),
    targets: [...shares.values()].map(({ target, weight }) => ({
      ...target,
      calls: shares.size === 1 ? calls : Math.floor((weight * calls) / weights),
    })),
    practice: file.environment === practiceEnvironment,
  };
}
