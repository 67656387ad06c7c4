/**
 * What the caller hears of the agent: agents send faster than real time, so arrival is not hearing.
 * `end = max(end, arrival) + duration`; a stop cuts it to now. Stamps and durations in milliseconds.
 */
export class Playout {
  /** When the audio received so far has been played. */
  end = Number.NEGATIVE_INFINITY;
  /** The same, of the last speech frame: what counts for an agent that streams quiet frames all the time. */
  speechEnd = Number.NEGATIVE_INFINITY;

  /** Takes a frame in; returns when its first sample is played. */
  add(at: number, durationMs: number, speech: boolean): number {
    const start = Math.max(this.end, at);
    this.end = start + durationMs;
    if (speech) this.speechEnd = this.end;
    return start;
  }

  cut(at: number): void {
    this.end = Math.min(this.end, at);
    this.speechEnd = Math.min(this.speechEnd, at);
  }
}
