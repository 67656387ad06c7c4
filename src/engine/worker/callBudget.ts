/** How many calls a user may still make. */
export interface CallBudget {
  /** No further call: whoever has hung up can go. */
  readonly spent: boolean;
  /** Takes one; false when none is left. A call that cannot be connected is one too. */
  take(): boolean;
}

/** So many calls of one's own; null: without end. */
export function ownCalls(calls: number | null): CallBudget {
  let left = calls ?? Number.POSITIVE_INFINITY;
  return {
    get spent() {
      return left <= 0;
    },
    take() {
      if (left <= 0) return false;
      left--;
      return true;
    },
  };
}
