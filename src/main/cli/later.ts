/** What the agreed command line has and this version does not: it parses, and says so. */
import { Option, type Command } from 'commander';
import { usage } from './exit.ts';
import type { Perform } from './perform.ts';

const laterRunOptions = ['--csv <prefix>', '--html <file>', '--k6-summary <file>'];

function notYet(what: string): Error {
  return usage(`${what} is not available in this version yet.`);
}

/** Adds the options of `run` that are still to come; they are not in its help. */
export function addLaterRunOptions(command: Command): void {
  for (const flags of laterRunOptions) command.addOption(new Option(flags).hideHelp());
}

/** Throws the sentence for the first option that is still to come. */
export function refuseLaterRunOptions(options: Record<string, unknown>): void {
  for (const flags of laterRunOptions) {
    const option = new Option(flags);
    if (options[option.attributeName()] !== undefined) throw notYet(option.long ?? flags);
  }
}

/** Adds a command that is still to come; whatever follows it is accepted and answered with the sentence. */
export function addLaterCommand(parent: Command, name: string, perform: Perform): void {
  const path = [parent.parent === null ? '' : `${parent.name()} `, name].join('');
  parent
    .command(name, { hidden: true })
    .argument('[rest...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(() => perform(() => Promise.reject(notYet(`crosstalk ${path}`))));
}
