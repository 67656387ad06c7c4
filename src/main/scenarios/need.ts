/** What a scenario asks of the machine it is run on. */
import { availableParallelism } from 'node:os';
import { defaultWorkers, type RunNeed, type TargetNeed } from '#contract/machine';
import { practiceEnvironment, type ScenarioFile, type VoiceUser } from '#contract/scenario/file';
import { peakOf } from '#contract/scenario/load';
import { fillPlaceholders } from '#contract/scenario/placeholders';
import { placeholderValue, shownHost } from './targets.ts';

type Address = Omit<TargetNeed, 'calls'>;

const practiceAgent: Address = { address: 'practice', shown: 'the practice agent', secure: false };
const defaultPorts: Record<string, string> = { 'ws:': '80', 'wss:': '443' };

/** Where a users entry calls. An address that cannot be filled in yet stands as it is written. */
function addressOf(
  file: ScenarioFile,
  user: VoiceUser,
  variables: Record<string, string | undefined>,
): Address {
  if (typeof file.environment === 'string') return practiceAgent;
  const written = file.environment.targets[user.target]?.url ?? '';
  const filled = fillPlaceholders(written, (p) => placeholderValue(variables, p) ?? p.text);
  const shown = shownHost(written);
  const url = URL.canParse(filled) ? new URL(filled) : null;
  return {
    address: url === null ? shown : `${url.hostname}:${url.port || (defaultPorts[url.protocol] ?? '')}`,
    shown,
    secure: /^wss:/i.test(filled),
  };
}

/** The most a run of the scenario needs at any moment. `workers` null: as many as the program chooses. */
export function runNeed(
  file: ScenarioFile,
  workers: number | null,
  variables: Record<string, string | undefined>,
): RunNeed {
  const calls = peakOf(file);
  const weights = file.users.reduce((sum, user) => sum + user.weight, 0);
  const shares = new Map<string, { target: Address; weight: number }>();
  let talking = 0;
  for (const user of file.users) {
    const { weight } = user;
    const target = addressOf(file, user, variables);
    const known = shares.get(target.address);
    if (known) known.weight += weight;
    else shares.set(target.address, { target, weight });
    // Where silence is not sent nobody knows how many talk at once.
    if (user.silence === 'continuous') talking += weight;
  }
  return {
    calls,
    workers: workers ?? defaultWorkers(availableParallelism()),
    framesPerSecond: Math.floor((talking * calls * 1000) / (weights * file.audio.chunk)),
    targets: [...shares.values()].map(({ target, weight }) => ({
      ...target,
      calls: shares.size === 1 ? calls : Math.floor((weight * calls) / weights),
    })),
    practice: file.environment === practiceEnvironment,
  };
}
