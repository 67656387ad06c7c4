/** Answers what screens ask about what could be watched: processes of this machine, and series of an endpoint. */
import type { ApiHandlers } from '#contract/api/index';
import type { MachineProcess, OfferedSeries } from '#contract/api/resources';
import { fail, ok } from '#contract/errors';
import { masked, namesSecret } from '#contract/secrets';
import { maskText } from '../history/masking.ts';
import { readValues, textsIn, type ValueSources } from '../environments/values.ts';
import { programOf } from './processes/find.ts';
import { machineProcesses } from './processes/index.ts';
import type { ProcessTable } from './processes/table.ts';
import { CpuUse } from './processes/usage.ts';
import { askEndpoint } from './prometheus/ask.ts';
import { familyOf } from './prometheus/exposition.ts';
import { labelText } from './prometheus/naming.ts';
import { fillEndpoint } from './watched.ts';

export interface ResourceHandlerOptions {
  sources: ValueSources;
  processes?: ProcessTable;
}

const mostProcesses = 200;
const mostSeries = 5000;
const longestCommand = 500;

/** A command line as it may be shown: secrets in it masked, also those that stand behind their option. */
export function shownCommand(words: readonly string[]): string {
  const shown = words.map((word, i) => {
    const option = /^--?([\w-]+)$/.exec(words[i - 1] ?? '')?.[1];
    return option !== undefined && namesSecret(option) && !word.startsWith('-') ? masked : word;
  });
  return maskText(shown.join(' ')).slice(0, longestCommand);
}

export function createResourceHandlers({
  sources,
  processes = machineProcesses(),
}: ResourceHandlerOptions): ApiHandlers['resources'] {
  /** From question to question: CPU is what was used in between. */
  let uses = new Map<string, CpuUse>();

  async function look(): Promise<MachineProcess[]> {
    const [all, listeners] = await Promise.all([processes.all(), processes.listeners()]);
    const atMs = performance.now();
    const known = uses;
    uses = new Map(all.map(({ identity }) => [identity, known.get(identity) ?? new CpuUse({ alone: true })]));
    const ports = new Map<number, number[]>();
    for (const [port, { pids }] of listeners)
      for (const pid of pids)
        ports.set(
          pid,
          [...(ports.get(pid) ?? []), port].sort((a, b) => a - b),
        );
    return all.map((entry) => ({
      pid: entry.pid,
      // What the system calls it may be the name of a thread, and is cut on Linux.
      name: programOf(entry) || entry.name,
      command: shownCommand(entry.command),
      ports: ports.get(entry.pid) ?? [],
      cpu: uses.get(entry.identity)?.look([entry], atMs) ?? null,
      memory: entry.rss,
    }));
  }

  return {
    async processes({ search }) {
      const wanted = search.trim().toLowerCase();
      const found = (await look()).filter(
        ({ name, command, pid, ports }) =>
          command !== '' &&
          (wanted === '' || [name, command, pid, ...ports].join('\n').toLowerCase().includes(wanted)),
      );
      found.sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0) || b.memory - a.memory);
      return ok(found.slice(0, mostProcesses));
    },

    async offered({ url, headers, variables }) {
      const values = await readValues(textsIn({ url, headers }), variables, sources);
      const filled = fillEndpoint({ url, headers }, values);
      if (!filled.ok) return filled;
      const answer = await askEndpoint(filled.value);
      if (!answer.ok)
        return fail('unavailable', 'no_metrics', `This endpoint cannot be read: ${answer.error.message}.`);
      const exposition = answer.value;
      const offered = exposition.samples.slice(0, mostSeries).map((sample): OfferedSeries => {
        const family = familyOf(exposition, sample.name);
        return {
          name: sample.name,
          labels: labelText(sample.labels),
          type: family?.type ?? 'untyped',
          help: family?.help ?? '',
          value: Number.isFinite(sample.value) ? sample.value : null,
        };
      });
      return ok(offered);
    },
  };
}
