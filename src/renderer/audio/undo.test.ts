import { describe, expect, it } from 'vitest';
import { UndoHistory } from './undo.ts';

describe('steps back and forth', () => {
  it('goes back and forth through the states', () => {
    const history = new UndoHistory<string>();
    expect(history.undo('a')).toBeNull();
    history.remember('a', '', 0);
    history.remember('b', '', 1);
    expect(history.undo('c')).toBe('b');
    expect(history.undo('b')).toBe('a');
    expect(history.canUndo).toBe(false);
    expect(history.redo('a')).toBe('b');
    expect(history.redo('b')).toBe('c');
    expect(history.canRedo).toBe(false);
    expect(history.undo('c')).toBe('b');
  });

  it('forgets what was undone once something else is done', () => {
    const history = new UndoHistory<string>();
    history.remember('a', '', 0);
    history.undo('b');
    history.remember('a', '', 1);
    expect(history.canRedo).toBe(false);
    expect(history.undo('c')).toBe('a');
  });

  it('takes keystrokes of one field that follow closely as one step', () => {
    const history = new UndoHistory<string>();
    history.remember('', 'turn 1', 0);
    history.remember('h', 'turn 1', 100);
    history.remember('he', 'turn 1', 1500);
    expect(history.undo('hel')).toBe('');
    expect(history.canUndo).toBe(false);
  });

  it('begins a new step after a pause, in another field, and after going back', () => {
    const history = new UndoHistory<string>();
    history.remember('', 'turn 1', 0);
    history.remember('a', 'turn 1', 5000);
    history.remember('ab', 'turn 2', 5010);
    expect(history.undo('abc')).toBe('ab');
    history.remember('ab', 'turn 1', 5020);
    expect(history.undo('abd')).toBe('ab');
    expect(history.undo('ab')).toBe('a');
    expect(history.undo('a')).toBe('');
  });
});
