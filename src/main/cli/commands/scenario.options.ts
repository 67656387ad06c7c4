import type { Command } from 'commander';
import { importKinds, type ImportKind } from '#contract/api/scenarios';
import type { Perform } from '../perform.ts';
import { oneOf, words } from '../values.ts';

export interface ScenarioListOptions {
  json?: boolean;
}
export interface ScenarioNewOptions {
  name?: string;
  out?: string;
  json?: boolean;
}
export interface ScenarioSchemaOptions {
  environment?: boolean;
}
export interface ScenarioImportOptions {
  kind: 'auto' | ImportKind;
  name?: string;
  out?: string;
  json?: boolean;
}

const listExamples = `
Examples:
  $ crosstalk scenario list
  $ crosstalk scenario list --json`;

const newExamples = `
Examples:
  $ crosstalk scenario new                                the presets
  $ crosstalk scenario new smoke                          a file in the workspace, named after the scenario
  $ crosstalk scenario new spike --name "Black Friday" --out ./black-friday.yaml
  $ crosstalk scenario new baseline --out - | less

No file is ever overwritten.`;

const schemaExamples = `
Examples:
  $ crosstalk scenario schema > scenario.schema.json
  $ crosstalk scenario schema --environment

Editors complete a file that begins with
  # yaml-language-server: $schema=./scenario.schema.json`;

const importExamples = `
Examples:
  $ crosstalk scenario import .env
  $ crosstalk scenario import load.js --kind k6 --out calls.yaml
  $ echo 'locust -u 50 -r 5 --run-time 10m --host wss://agent.example.com' | crosstalk scenario import - --out -

The scenario goes into the workspace, or where --out says. What could not be carried over is said on stderr.
No file is ever overwritten.`;

/** `crosstalk scenario list|new|schema|import` */
export function addScenarioCommand(program: Command, perform: Perform): void {
  const scenario = program
    .command('scenario')
    .description('scenario files: what there is, new ones, imported ones, and their schema')
    .addHelpText('after', [listExamples, newExamples, schemaExamples, importExamples].join('\n'));
  scenario
    .command('list')
    .description('the scenarios of the workspace and those that come with the program')
    .option('--json', 'print them as JSON')
    .addHelpText('after', listExamples)
    .action((options: ScenarioListOptions) =>
      perform(async (context) => (await import('./scenario.ts')).listAll(options, context)),
    );
  scenario
    .command('new')
    .description('a new scenario from a preset; without one, the presets')
    .argument('[preset]', 'which preset')
    .option('--name <name>', "what it is called; without it the preset's name", words)
    .option('--out <file|->', 'where it goes instead of the workspace; - is stdout', words)
    .option('--json', 'print where it was written, or the presets, as JSON')
    .addHelpText('after', newExamples)
    .action((preset: string | undefined, options: ScenarioNewOptions) =>
      perform(async (context) => (await import('./scenario.ts')).newScenario(preset, options, context)),
    );
  scenario
    .command('schema')
    .description('the JSON Schema of scenario files, for editors')
    .option('--environment', 'of environment files')
    .addHelpText('after', schemaExamples)
    .action((options: ScenarioSchemaOptions) =>
      perform(async (context) => (await import('./scenario.ts')).printSchema(options, context)),
    );
  scenario
    .command('import')
    .description("a scenario from environment variables, a Locust command line or a k6 script's options")
    .argument('<file|->', 'what is imported; - is stdin')
    .option(
      '--kind <kind>',
      `what it is: ${importKinds.join(', ')}; auto finds out`,
      oneOf(['auto', ...importKinds]),
      'auto',
    )
    .option('--name <name>', 'what the scenario is called', words)
    .option('--out <file|->', 'where it goes instead of the workspace; - is stdout', words)
    .option('--json', 'print where it was written, what it is and its notes as JSON')
    .addHelpText('after', importExamples)
    .action((file: string, options: ScenarioImportOptions) =>
      perform(async (context) => (await import('./scenario.ts')).importFile(file, options, context)),
    );
}
