/** Where the cursor of a call is that cannot be heard. */
export class CallCursor {
  readonly durationMs: number;
  #positionMs = $state(0);

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  get positionMs(): number {
    return this.#positionMs;
  }

  seek(ms: number): void {
    this.#positionMs = Math.max(0, Math.min(this.durationMs, ms));
  }
}
