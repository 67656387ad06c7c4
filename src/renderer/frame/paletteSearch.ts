/** Which commands match what was typed, best first. */
import type { Command } from './commands.svelte.ts';

/** How well `text` matches: null not at all; lower is better. Every typed word must occur; a word's start counts more. */
function distance(text: string, words: string[]): number | null {
  let total = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return null;
    const startsWord = at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
    total += (startsWord ? 0 : 100) + Math.min(at, 50);
  }
  return total;
}

/** The commands that contain every typed word in title, group or further words; their own order where equal. */
export function matchCommands(commands: Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  return commands
    .map((command, index) => {
      const text = `${command.title} ${command.words ?? ''} ${command.group}`.toLowerCase();
      return { command, index, distance: distance(text, words) };
    })
    .filter((match) => match.distance !== null)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0) || a.index - b.index)
    .map((match) => match.command);
}
