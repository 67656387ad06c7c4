import { z } from 'zod';
import { SeriesInfo, SeriesPoint } from '../series.ts';
import { call, event } from './define.ts';

/** A process of this machine that could be watched. Memory in bytes, CPU 1 = one core (null: not known yet). */
export const MachineProcess = z.object({
  pid: z.number().int(),
  name: z.string(),
  command: z.string(),
  ports: z.array(z.number().int()),
  cpu: z.number().nullable(),
  memory: z.number(),
});
export type MachineProcess = z.infer<typeof MachineProcess>;

/** A series that a Prometheus endpoint offers. */
export const OfferedSeries = z.object({
  name: z.string(),
  labels: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram', 'summary', 'untyped']),
  help: z.string(),
  value: z.number().nullable(),
});
export type OfferedSeries = z.infer<typeof OfferedSeries>;

export const resourcesApi = {
  /** Processes whose name, command or port matches; the busiest first. */
  processes: call(z.object({ search: z.string().max(200).default('') }), z.array(MachineProcess)),
  /** What an endpoint offers now; placeholders in its address and headers are filled in as for a run. */
  offered: call(
    z.object({
      url: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      /** Those of its environment, for `${env:…}`. */
      variables: z.record(z.string(), z.string()).default({}),
    }),
    z.array(OfferedSeries),
  ),
  /** New values of a run that goes on; `begun`: series that are new with them. */
  points: event(z.object({ runId: z.string(), begun: z.array(SeriesInfo), points: z.array(SeriesPoint) })),
};
