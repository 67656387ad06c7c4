import { z } from 'zod';

/** Ties a run's stamps to the two clocks: `baseNs` is `process.hrtime.bigint()` at stamp 0, `epochMs` the wall clock then. */
export const RunClock = z.object({ baseNs: z.string(), epochMs: z.number() });
export type RunClock = z.infer<typeof RunClock>;
