/** What the load and the thresholds tab need of the document they edit. */
import type { ValuePath } from './valuePath.ts';

/** A document whose plain value is read and edited by path; each edit is one step of its undo. */
export interface EditedDocument {
  /** The whole document as plain values; undefined while it cannot be parsed. */
  readonly value: unknown;
  set(path: ValuePath, value: unknown): void;
  remove(path: ValuePath): void;
  insert(path: ValuePath, index: number, value: unknown): void;
  move(path: ValuePath, from: number, to: number): void;
}
