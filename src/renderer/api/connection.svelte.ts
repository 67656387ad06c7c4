import type { DoorState } from './socketDoor.ts';

/** Whether the page can reach the application; stores reload when it comes back. */
class Connection {
  #state: DoorState = $state('connecting');
  readonly #returned = new Set<() => void>();
  /** Tries again at once; set by the door that can. */
  retry: () => void = () => undefined;

  get state(): DoorState {
    return this.#state;
  }

  /** Told by the door. */
  changed(state: DoorState): void {
    const returned = this.#state === 'lost' && state === 'open';
    this.#state = state;
    if (returned) for (const reload of this.#returned) reload();
  }

  /** Calls `reload` whenever the connection has come back. Returns how to stop. */
  onReturn(reload: () => void): () => void {
    this.#returned.add(reload);
    return () => this.#returned.delete(reload);
  }
}

export const connection = new Connection();
