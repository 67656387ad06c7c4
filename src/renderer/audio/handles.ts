/** What one component of the screen asks another to do. */

export interface TurnListHandle {
  /** Puts an empty turn below another one; null: at the end. */
  addBelow(key: string | null): void;
  /** Brings a turn into view. */
  showTurn(key: string): void;
}

export interface EditorHandle {
  /** Adds a turn at the end. */
  addTurn(): void;
}
