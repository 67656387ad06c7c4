import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const chosen = (selection: Selection) => [...selection.ids].sort().join('');

describe('chosen rows', () => {
  it('are chosen and left one by one', () => {
    const selection = new Selection();
    selection.toggle('b', order);
    selection.toggle('d', order);
    expect(chosen(selection)).toBe('bd');
    selection.toggle('b', order);
    expect(chosen(selection)).toBe('d');
  });

  it('with Shift from the last one to this one, in either direction', () => {
    const selection = new Selection();
    selection.toggle('d', order);
    selection.toggle('b', order, true);
    expect(chosen(selection)).toBe('bcd');
    selection.toggle('e', order, true);
    expect(chosen(selection)).toBe('bcde');
  });

  it('with Shift and a last one that is not on screen any more only this one', () => {
    const selection = new Selection();
    selection.toggle('a', order);
    selection.toggle('d', ['c', 'd', 'e'], true);
    expect(chosen(selection)).toBe('ad');
  });

  it('are none again', () => {
    const selection = new Selection();
    selection.choose(order);
    expect(selection.size).toBe(5);
    selection.clear();
    expect(selection.size).toBe(0);
  });
});
