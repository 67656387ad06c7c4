import { expect, it } from 'vitest';
import type { Command } from './commands.svelte.ts';
import { matchCommands } from './paletteSearch.ts';

function command(title: string, more: Partial<Command> = {}): Command {
  return { id: title, title, group: 'Actions', run: () => undefined, ...more };
}

const all = [
  command('Start a practice run', { words: 'try demo' }),
  command('Settings', { group: 'Go to' }),
  command('Insurance inquiry', { group: 'Runs', words: 'staging' }),
  command('Reinsurance', { group: 'Scenarios' }),
];
const titles = (typed: string) => matchCommands(all, typed).map((c) => c.title);

it('shows everything in its own order while nothing is typed', () => {
  expect(titles('  ')).toEqual(all.map((c) => c.title));
});

it('needs every word, wherever it stands', () => {
  expect(titles('staging insurance')).toEqual(['Insurance inquiry']);
  expect(titles('demo')).toEqual(['Start a practice run']);
  expect(titles('go to')).toEqual(['Settings']);
  expect(titles('nothing like it')).toEqual([]);
});

it('puts the start of a word before its middle', () => {
  expect(titles('insurance')).toEqual(['Insurance inquiry', 'Reinsurance']);
});
