/** What limits the calls of this machine, as the settings list it. */
import type { MachineReport } from '#contract/api/machine';
import { carriedBy, type Calibration } from '#contract/calibration';
import { filesForCalls } from '#contract/machine';
import { exactCount, formatBytes } from '../format/quantities.ts';

export interface MachineFact {
  name: string;
  value: string;
  note?: string;
}

const notKnown = 'the system does not say; not judged';

export function machineFacts({ facts, workers }: MachineReport): MachineFact[] {
  const forCalls = filesForCalls(facts);
  const cores = facts.cores === 1 ? '1 core' : `${exactCount(facts.cores)} cores`;
  return [
    { name: 'Processor', value: facts.cpuModel, note: `${cores}; a run uses ${threads(workers)}` },
    forCalls === null
      ? { name: 'Open files', value: 'No limit', note: 'or none that the system tells of' }
      : {
          name: 'Open files',
          value: exactCount(facts.openFiles),
          note: `for one process: at most ${exactCount(forCalls)} calls`,
        },
    facts.ports === null
      ? { name: 'Local ports', value: 'Not known', note: notKnown }
      : {
          name: 'Local ports',
          value: exactCount(facts.ports),
          note: 'at most as many calls to one address',
        },
    facts.memoryAvailable === null
      ? { name: 'Memory', value: formatBytes(facts.memoryTotal), note: 'in all' }
      : {
          name: 'Memory',
          value: formatBytes(facts.memoryAvailable),
          note: `available of ${formatBytes(facts.memoryTotal)}`,
        },
  ];
}

const ends: Record<Calibration['endedBy'], string> = {
  generator: 'With more, frames leave late.',
  agent: 'It may carry more: the practice agent could not keep up.',
  limits: 'It may carry more: the limits above did not let more be tried.',
  time: 'It may carry more: the time was up.',
};

function threads(n: number): string {
  return n === 1 ? '1 engine thread' : `${exactCount(n)} engine threads`;
}

/** What a calibration found, to follow its number of calls; for another number of threads also what it says of an ordinary run. */
export function foundBy(calibration: Calibration, { facts, workers }: MachineReport): string {
  const scaled =
    workers === calibration.workers
      ? ''
      : ` A run on ${threads(workers)} is taken to carry ${exactCount(carriedBy(calibration, facts, workers))}.`;
  return `on ${threads(calibration.workers)}. ${ends[calibration.endedBy]}${scaled}`;
}

/** What comes of it for a run. */
export function consequence({ endedBy }: Calibration): string {
  const announced = 'A run that asks for more is announced before it starts';
  // Only where the generator itself was the limit is it known that more is too much.
  return endedBy === 'generator'
    ? `${announced}, one that asks for more than twice as many is refused.`
    : `${announced}.`;
}
