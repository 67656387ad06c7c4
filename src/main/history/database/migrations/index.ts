import { sql as runs } from './0001-runs.ts';
import { sql as workers } from './0002-workers.ts';
import { sql as turnForm } from './0003-turn-form.ts';
import { sql as idleCores } from './0004-idle-cores.ts';
import { sql as arrivals } from './0005-arrivals.ts';
import { sql as review } from './0006-review.ts';
import { sql as requests } from './0007-requests.ts';
import { sql as requestTrend } from './0008-request-trend.ts';

/** Every step of the database's schema in order; the first brings an empty file to version 1. A step that has been released is never edited. */
export const migrations: readonly string[] = [
  runs,
  workers,
  turnForm,
  idleCores,
  arrivals,
  review,
  requests,
  requestTrend,
];
