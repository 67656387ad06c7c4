/**
 * Events that only show progress: a screen that does not keep up may miss some, the next one says it all and what was
 * measured is in the history.
 */
export const droppableEvents: ReadonlySet<string> = new Set([
  'runs.tick',
  'clips.progress',
  'packs.progress',
]);
