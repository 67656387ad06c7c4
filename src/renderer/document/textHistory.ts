/** The way back through the texts of a document. */

interface Step {
  before: string;
  /** What was changed: steps of one and the same thing that follow closely are one. */
  what: string;
}

/** Most steps that are kept, and most characters of them. */
const mostSteps = 300;
const mostCharacters = 64_000_000;
/** Changes of one thing within this time of each other are one step. */
const togetherMs = 1500;

export class TextHistory {
  #undo: Step[] = [];
  #redo: string[] = [];
  #changedAt = -Infinity;

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Told before a change. `what` names what is changed; '' is a step of its own. `now` in ms. */
  remember(before: string, what: string, now: number): void {
    const last = this.#undo.at(-1);
    const goesOn =
      what !== '' && last?.what === what && now - this.#changedAt <= togetherMs && this.#redo.length === 0;
    if (!goesOn) this.#keep({ before, what });
    this.#redo = [];
    this.#changedAt = now;
  }

  /** The text before the last step, or null. */
  undo(present: string): string | null {
    const step = this.#undo.pop();
    if (!step) return null;
    this.#redo.push(present);
    return step.before;
  }

  /** The text that was undone last, or null. */
  redo(present: string): string | null {
    const next = this.#redo.pop();
    if (next === undefined) return null;
    this.#keep({ before: present, what: '' });
    return next;
  }

  #keep(step: Step): void {
    this.#undo.push(step);
    let characters = this.#undo.reduce((sum, { before }) => sum + before.length, 0);
    while (this.#undo.length > 1 && (this.#undo.length > mostSteps || characters > mostCharacters)) {
      characters -= this.#undo.shift()?.before.length ?? 0;
    }
  }
}
