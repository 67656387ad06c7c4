/** Samples with every run what it watches, on its time axis. */
import type { Publish } from '#contract/api/index';
import type { SeriesPoint } from '#contract/series';
import type { WatchedProcess } from '#contract/scenario/resources';
import type { History } from '../history/history.ts';
import type { AccompaniedRun, RunCompanion } from '../runs/companion.ts';
import { SeriesBook } from './book.ts';
import { findGpus, type GpuReader } from './gpu.ts';
import { GpuWatch } from './gpuWatch.ts';
import { machineProcesses } from './processes/index.ts';
import type { ProcessTable } from './processes/table.ts';
import { ProcessWatch } from './processes/watch.ts';
import { EndpointWatch } from './prometheus/watch.ts';
import { every } from './schedule.ts';

export interface ResourceCompanionOptions {
  history: Pick<History, 'appendSeries'>;
  publish: Publish;
  /** The processes of this machine; a test may give others. */
  processes?: ProcessTable;
  gpus?: () => Promise<GpuReader | null>;
}

const usualMs = 2000;
/** Asking a driver starts a program. */
const gpuMs = 5000;

/** What Crosstalk starts itself is watched without being asked for. */
function ownProcesses({ agentPid }: AccompaniedRun): WatchedProcess[] {
  return agentPid === null ? [] : [{ name: 'practice agent', pid: agentPid, children: false }];
}

export function resourceCompanion(options: ResourceCompanionOptions): RunCompanion {
  const table = options.processes ?? machineProcesses();
  return {
    begin(run) {
      const watched = run.prepared.resources;
      const own = ownProcesses(run);
      if (watched === null && own.length === 0) return null;
      const ending = new AbortController();
      const book = new SeriesBook();
      const everyMs = watched?.everyMs ?? usualMs;
      const said = new Set<string>();

      const keep = (points: SeriesPoint[]) => {
        const begun = book.take();
        if (ending.signal.aborted || (begun.length === 0 && points.length === 0)) return;
        options.history.appendSeries(run.runId, begun, points);
        options.publish('resources', 'points', { runId: run.runId, begun, points });
        for (const { of, problem } of begun) {
          const sentence = `${of} is not watched: ${problem ?? ''}.`;
          if (problem == null || said.has(sentence)) continue;
          said.add(sentence);
          run.notice(sentence);
        }
      };
      const follow = (pauseMs: number, look: (t: number) => Promise<SeriesPoint[]>) =>
        every(pauseMs, ending.signal, async () => keep(await look(run.elapsedS())));

      const processes = [...(watched?.processes ?? []), ...own];
      if (processes.length > 0) {
        const watch = new ProcessWatch(processes, table, book);
        follow(everyMs, (t) => watch.look(t));
      }
      if (watched !== null) {
        void watched
          .endpoints()
          .then((endpoints) => {
            for (const { endpoint, asked } of endpoints) {
              const watch = new EndpointWatch(endpoint, asked, book, ending.signal);
              follow(everyMs, (t) => watch.look(t));
            }
          })
          .catch(() => undefined);
        void (options.gpus ?? findGpus)()
          .then((reader) => {
            if (reader === null) return;
            const watch = new GpuWatch(reader, book);
            follow(Math.max(everyMs, gpuMs), (t) => watch.look(t));
          })
          .catch(() => undefined);
      }
      return { ended: () => ending.abort() };
    },
  };
}
