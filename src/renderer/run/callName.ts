/** A call's id without the run's own, which it begins with and which the screen is about anyway. */
export function callName(callId: string, runId: string): string {
  return callId.startsWith(`${runId}-`) ? callId.slice(runId.length + 1) : callId;
}
