import { z } from 'zod';
import { call, event } from './define.ts';

/** The folder whose files are shown, and what was opened before. */
export const WorkspaceReport = z.object({
  path: z.string(),
  /** The one in the program's own folder, where nothing was chosen. */
  isDefault: z.boolean(),
  /** Other workspaces, the last used first. */
  recent: z.array(z.string()),
  /** Scenarios of this workspace and bundled ones, the last opened first. */
  recentScenarios: z.array(z.object({ path: z.string(), name: z.string() })),
});
export type WorkspaceReport = z.infer<typeof WorkspaceReport>;

export const workspaceApi = {
  get: call(z.void(), WorkspaceReport),
  /** Uses another folder from now on; it is created when its parent exists. Refused while a run or other work goes on. */
  choose: call(z.object({ path: z.string().trim().min(1) }), WorkspaceReport),
  /** Asks with the system's dialog where the door has one; null when it was cancelled. */
  browse: call(z.void(), z.object({ path: z.string().nullable() })),
  /** A scenario was opened on screen: it goes first among the recent ones. */
  opened: call(z.object({ path: z.string() }), z.void()),
  changed: event(WorkspaceReport),
};
