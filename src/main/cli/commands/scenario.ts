/** `crosstalk scenario`: the files of the workspace from a terminal. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { dirname, extname, resolve } from 'node:path';
import type { ImportNote, ScenarioEntry, ScenarioPreset } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { formatDuration } from '#contract/quantities';
import { diskRefused } from '../../conversations/diskErrors.ts';
import { writeAsNew } from '../../conversations/fileNames.ts';
import { diskReason } from '../../diskReason.ts';
import { importScenario } from '../../importing/index.ts';
import { withName } from '../../scenarios/files/editText.ts';
import { createScenarioFiles } from '../../scenarios/files/scenarioFiles.ts';
import { listScenarios } from '../../scenarios/library.ts';
import { bringPresetFiles } from '../../scenarios/presetFiles.ts';
import { listPresets } from '../../scenarios/presets.ts';
import { publishedSchema, withSchemaLine } from '../../scenarios/schema/workspaceSchemas.ts';
import { parseScenarioText } from '../../scenarios/source.ts';
import { workspaceFolder } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { formatTable } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type {
  ScenarioImportOptions,
  ScenarioListOptions,
  ScenarioNewOptions,
  ScenarioSchemaOptions,
} from './scenario.options.ts';

/** Lists the scenarios; one that is not valid is listed with how many problems it has. */
export async function listAll(options: ScenarioListOptions, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  const folder = workspaceFolder(context);
  const entries = must(await listScenarios(folder));
  if (options.json === true) printJson(terminal, entries);
  else {
    terminal.out(tableOf(entries, context));
    terminal.say(`The workspace is ${printable(folder)}.`);
  }
  return exitCodes.passed;
}

function tableOf(entries: readonly ScenarioEntry[], { terminal }: CliContext): string {
  return formatTable(
    [
      { head: 'name' },
      { head: 'users', align: 'right' },
      { head: 'duration', align: 'right' },
      { head: 'environment' },
      { head: 'problems', align: 'right' },
      { head: 'file' },
    ],
    entries.map((entry) => [
      truncate(printable(entry.name), 40),
      String(entry.users),
      formatDuration(Math.round(entry.durationMs)),
      truncate(printable(entry.environment), 30),
      entry.problems.length === 0 ? '–' : String(entry.problems.length),
      printable(entry.path),
    ]),
    { head: terminal.style.dim },
  );
}

/** Makes a scenario of a preset, or lists the presets. */
export async function newScenario(
  preset: string | undefined,
  options: ScenarioNewOptions,
  context: CliContext,
): Promise<ExitCode> {
  const presets = must(await listPresets());
  if (preset === undefined) {
    if (options.name !== undefined || options.out !== undefined)
      throw usage('Name a preset; crosstalk scenario new lists them.');
    listThem(presets, options, context);
    return exitCodes.passed;
  }
  const chosen = presets.find(({ id }) => id === preset.toLowerCase());
  if (chosen === undefined)
    throw usage(
      `There is no preset ${JSON.stringify(preset)}; there is ${presets.map(({ id }) => id).join(', ')}.`,
    );
  const name = options.name ?? chosen.title;
  const written = must(await write({ name, yaml: chosen.yaml, out: options.out }, context));
  say(written, options, {}, context);
  return exitCodes.passed;
}

function listThem(
  presets: readonly ScenarioPreset[],
  options: ScenarioNewOptions,
  { terminal }: CliContext,
): void {
  if (options.json === true) {
    printJson(terminal, presets);
    return;
  }
  const rows = presets.map(({ id, users, durationMs, executor, text }) => [
    id,
    String(users),
    formatDuration(Math.round(durationMs)),
    executor,
    truncate(printable(text), 90),
  ]);
  const columns = [
    { head: 'preset' },
    { head: 'users', align: 'right' as const },
    { head: 'at most', align: 'right' as const },
    { head: 'executor' },
    { head: '' },
  ];
  terminal.out(formatTable(columns, rows, { head: terminal.style.dim }));
}

/** Prints the published schema. */
export async function printSchema(
  options: ScenarioSchemaOptions,
  { terminal }: CliContext,
): Promise<ExitCode> {
  terminal.out(await publishedSchema(options.environment === true ? 'environment' : 'scenario'));
  return exitCodes.passed;
}

const largestImportBytes = 1_000_000;

async function textOf(file: string): Promise<Result<string>> {
  try {
    const text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
    if (text.length <= largestImportBytes) return ok(text);
    return fail('invalid_input', 'import_too_large', `${file} has more than 1 MB, which none of these has.`);
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const why = missing ? `There is no file ${file}.` : `${file} cannot be read: ${diskReason(thrown)}.`;
    return fail('invalid_input', 'import_unreadable', why);
  }
}

/** Makes a scenario of what another tool reads. */
export async function importFile(
  file: string,
  options: ScenarioImportOptions,
  context: CliContext,
): Promise<ExitCode> {
  const imported = must(importScenario(options.kind, must(await textOf(file))));
  const { kind, notes, yaml } = imported;
  const name = options.name ?? imported.name;
  const written = must(await write({ name, yaml, out: options.out }, context));
  if (options.json !== true) for (const note of notes) sayNote(note, context);
  say(written, options, { kind, notes }, context);
  return exitCodes.passed;
}

function sayNote({ level, from, text }: ImportNote, { terminal }: CliContext): void {
  const { sayStyle } = terminal;
  const marks = { taken: sayStyle.green('✓'), changed: sayStyle.yellow('!'), left_out: sayStyle.red('✕') };
  terminal.say(`${marks[level]} ${printable(from)}: ${printable(text)}`);
}

/** Where a scenario went; a path of null: it stands in `yaml` for stdout. */
interface Written {
  name: string;
  path: string | null;
  yaml: string;
}

interface ToWrite {
  name: string;
  yaml: string;
  out: string | undefined;
}

async function write({ name, yaml, out }: ToWrite, context: CliContext): Promise<Result<Written>> {
  const parsed = parseScenarioText(`${name}.yaml`, yaml);
  const named = 'source' in parsed ? withName(parsed.source, name) : yaml;
  if (out === '-') return ok({ name, path: null, yaml: named });
  if (out !== undefined) return writeTo(resolve(out), name, named);
  const workspace = workspaceFolder(context);
  const files = createScenarioFiles({
    workspace: () => workspace,
    onChange: () => undefined,
    onMoved: () => undefined,
    begun: (folder, text) => withSchemaLine(text, 'scenario', { workspace: folder }),
  });
  const made = await files.create({ name, yaml: named });
  return made.ok ? ok({ name, path: made.value.path, yaml: named }) : made;
}

async function writeTo(path: string, name: string, yaml: string): Promise<Result<Written>> {
  if (!/^\.ya?ml$/i.test(extname(path)))
    return fail('invalid_input', 'not_yaml', `${path} must end with .yaml: that is how scenarios are found.`);
  try {
    if (await writeAsNew(path, yaml)) {
      await bringPresetFiles(yaml, dirname(path));
      return ok({ name, path, yaml });
    }
    const message = `There is a file ${path} already; name another one, or move it away.`;
    return fail('invalid_input', 'file_exists', message);
  } catch (thrown) {
    return diskRefused(`${path} cannot be written`, thrown);
  }
}

function say(
  { name, path, yaml }: Written,
  options: { json?: boolean },
  more: Record<string, unknown>,
  { terminal }: CliContext,
): void {
  if (options.json === true) printJson(terminal, { name, path, ...(path === null ? { yaml } : {}), ...more });
  else if (path === null) terminal.out(yaml);
  else {
    terminal.out(`${path}\n`);
    terminal.say(`Run it: crosstalk run ${JSON.stringify(path)}`);
  }
}
