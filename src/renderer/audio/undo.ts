/** Steps back and forth through the states of a document. */

interface Step<T> {
  before: T;
  /** What was changed: steps of one and the same thing that follow closely are one. */
  what: string;
}

/** Most steps that are kept. */
const most = 300;
/** Keystrokes of one field within this time of each other are one step. */
const togetherMs = 1500;

/** Remembers earlier states. States are values that nobody changes. */
export class UndoHistory<T> {
  #undo: Step<T>[] = [];
  #redo: T[] = [];
  #changedAt = -Infinity;

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Told before a change. `what` names the field it happens in; '' is a step of its own. `now` in ms. */
  remember(before: T, what: string, now: number): void {
    const last = this.#undo.at(-1);
    const goesOn =
      what !== '' && last?.what === what && now - this.#changedAt <= togetherMs && this.#redo.length === 0;
    if (!goesOn) this.#undo = [...this.#undo, { before, what }].slice(-most);
    this.#redo = [];
    this.#changedAt = now;
  }

  /** The state before the last step, or null. */
  undo(present: T): T | null {
    const step = this.#undo.at(-1);
    if (!step) return null;
    this.#undo = this.#undo.slice(0, -1);
    this.#redo = [...this.#redo, present];
    return step.before;
  }

  /** The state that was undone last, or null. */
  redo(present: T): T | null {
    const next = this.#redo.at(-1);
    if (next === undefined) return null;
    this.#redo = this.#redo.slice(0, -1);
    this.#undo = [...this.#undo, { before: present, what: '' }];
    return next;
  }
}
