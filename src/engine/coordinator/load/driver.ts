/** One load in progress. Times are ms since it began. */
export interface LoadDriver {
  /** Hands out and takes back users as of now; true: nothing more will begin by this load. */
  follow(ms: number): boolean;
  /** Calls asked for at this moment. */
  readonly asked: number;
}

/** Users placed at once; a crowd comes over several steps, so that reports and Ctrl-C are never kept waiting. */
export const mostPerStep = 500;
