/** `crosstalk audio import`: recordings, folders of clips and YAML files into the workspace. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { SavedRecording } from '#contract/api/conversations';
import { CrosstalkError } from '#contract/errors';
import { readConversationText } from '../../conversations/conversationFile.ts';
import { diskRefused } from '../../conversations/diskErrors.ts';
import { importRecording } from '../../conversations/recordings/fromDisk.ts';
import { recordingsFolder } from '../../conversations/recordings/keep.ts';
import { printJson, sayError, type CliContext } from '../context.ts';
import { exitCodeOfError, exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio, type OpenedStudio } from '../studio.ts';
import { printable } from '../terminal/text.ts';
import type { AudioImportOptions } from './audio.options.ts';

const largestYamlBytes = 2_000_000;

type Imported =
  | { kind: 'recording'; file: string; recording: SavedRecording }
  | { kind: 'conversations'; file: string; names: string[]; notes: string[] };

/** Goes on with the rest when one cannot be imported; the code is then that of the first failure. */
export function importAudio(
  files: readonly string[],
  options: AudioImportOptions,
  context: CliContext,
): Promise<ExitCode> {
  if (files.length > 1 && (options.name !== undefined || options.text !== undefined))
    throw usage('--name and --text are about one recording; import the files one by one.');
  const { terminal } = context;
  return withStudio(context, async (studio) => {
    const done: Imported[] = [];
    let code: ExitCode = exitCodes.passed;
    for (const file of files) {
      try {
        const imported = await importOne(file, options, studio);
        done.push(imported);
        if (options.json !== true) tell(imported, context);
      } catch (thrown) {
        if (!(thrown instanceof CrosstalkError)) throw thrown;
        sayError(terminal, thrown.error);
        if (code === exitCodes.passed) code = exitCodeOfError(thrown.error);
      }
    }
    if (options.json === true) printJson(terminal, done.map(jsonOf));
    return code;
  });
}

async function importOne(file: string, options: AudioImportOptions, studio: OpenedStudio): Promise<Imported> {
  const path = resolve(file);
  const found = await stat(path).catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw usage(`There is no file or folder ${file}.`);
    return must(diskRefused(`${file} cannot be read`, thrown));
  });
  const isFolder = found.isDirectory();
  if (!isFolder && !/\.ya?ml$/i.test(file))
    return { kind: 'recording', file, recording: await record(file, options, studio) };
  if (options.name !== undefined || options.text !== undefined)
    throw usage(
      `--name and --text are about one recording; ${file} is a ${isFolder ? 'folder' : 'file of conversations'}.`,
    );
  const { conversations: api } = studio.handlers;
  if (isFolder) {
    const answer = must(await api.importFolder({ folder: path }));
    return { kind: 'conversations', file, ...(await conversations(answer, studio)) };
  }
  if (found.size > largestYamlBytes)
    throw usage(`${file} is larger than 2 MB; that is no file of conversations.`);
  const text = must(await readConversationText(path, file));
  const answer = must(await api.importYaml({ text, filename: file, folder: dirname(path) }));
  return { kind: 'conversations', file, ...(await conversations(answer, studio)) };
}

async function conversations(
  answer: { ids: string[]; notes: string[] },
  studio: OpenedStudio,
): Promise<{ names: string[]; notes: string[] }> {
  const entries = must(await studio.handlers.conversations.list());
  const names = answer.ids.map((id) => entries.find((entry) => entry.id === id)?.name ?? id);
  return { names, notes: answer.notes };
}

async function record(
  file: string,
  { name, text, trim, normalise }: AudioImportOptions,
  studio: OpenedStudio,
): Promise<SavedRecording> {
  const { workspace } = studio;
  const named = { ...(name === undefined ? {} : { name }), ...(text === undefined ? {} : { text }) };
  const kept = must(
    await importRecording(resolve(file), { workspace, called: file, trim, normalise, ...named }),
  );
  const { clip, filename, notes } = kept;
  const facts = must(await studio.shelf.factsOf(join(recordingsFolder(workspace), filename)));
  return { clip, facts, notes };
}

function tell(imported: Imported, { terminal }: CliContext): void {
  if (imported.kind === 'recording') {
    const { clip, facts, notes } = imported.recording;
    const seconds = (facts.durationMs / 1000).toFixed(2);
    terminal.say(
      `${terminal.sayStyle.green('✓')} ${printable(imported.file)} is kept as ${printable(join(facts.folder, facts.filename))}, ${seconds} s.`,
    );
    for (const note of notes) terminal.say(`  ${printable(note)}`);
    terminal.say('  A turn of a conversation in the workspace uses it with this line:');
    terminal.out(`clip: ${printable(clip)}\n`);
    return;
  }
  for (const note of imported.notes) terminal.say(`  ${printable(note)}`);
  terminal.say(
    `${terminal.sayStyle.green('✓')} ${printable(imported.file)} became conversations of the workspace:`,
  );
  for (const name of imported.names) terminal.out(`${printable(name)}\n`);
}

function jsonOf(imported: Imported): object {
  if (imported.kind === 'conversations') {
    const { file, names, notes } = imported;
    return { file, conversations: names, notes };
  }
  const { clip, facts, notes } = imported.recording;
  return {
    file: imported.file,
    clip,
    path: join(facts.folder, facts.filename),
    durationMs: facts.durationMs,
    level: facts.level,
    notes,
  };
}
