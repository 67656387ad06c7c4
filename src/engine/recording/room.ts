/** Memory that all recordings of a thread share: what waits to be fetched may not grow beyond it, whatever agents send. */
export class RecordingRoom {
  #free: number;

  /** `bytes`: how much may wait. */
  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** False when there is not so much left; nothing is taken then. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#free += bytes;
  }
}
