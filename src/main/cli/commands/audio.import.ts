/** `crosstalk audio import`: recordings, folders of clips and YAML files into the workspace. */
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { SavedRecording } from '#contract/api/conversations';
import { CrosstalkError, toAppError } from '#contract/errors';
import { printJson, sayError, type CliContext } from '../context.ts';
import { exitCodeOfError, exitCodes, usage, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio, type OpenedStudio } from '../studio.ts';
import { printable } from '../terminal/text.ts';
import type { AudioImportOptions } from './audio.options.ts';

const partBytes = 1_000_000;
const largestYamlBytes = 2_000_000;
const decodedByBrowsers = /\.(mp3|ogg|oga|opus|m4a|aac|flac|webm|mp4)$/i;

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
        const imported = await importOne(file, options, studio, context);
        done.push(imported);
        if (options.json !== true) tell(imported, context);
      } catch (thrown) {
        if (!(thrown instanceof CrosstalkError)) throw thrown;
        sayError(terminal, thrown.error);
        if (code === exitCodes.passed) code = exitCodeOfError(thrown.error);
        if (thrown.error.code === 'cancelled') return exitCodes.aborted;
      }
    }
    if (options.json === true) printJson(terminal, done.map(jsonOf));
    return code;
  });
}

async function importOne(
  file: string,
  options: AudioImportOptions,
  studio: OpenedStudio,
  context: CliContext,
): Promise<Imported> {
  const path = resolve(file);
  const found = await stat(path).catch((thrown: unknown) => {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw usage(
      missing
        ? `There is no file or folder ${file}.`
        : `${file} cannot be read: ${toAppError(thrown).message}`,
    );
  });
  if (found.isDirectory()) {
    const answer = must(await studio.handlers.conversations.importFolder({ folder: path }));
    return { kind: 'conversations', file, ...(await conversations(answer, studio)) };
  }
  if (/\.ya?ml$/i.test(file)) {
    if (found.size > largestYamlBytes)
      throw usage(`${file} is larger than 2 MB; that is no file of conversations.`);
    const text = await readFile(path, 'utf8');
    const answer = must(await studio.handlers.conversations.importYaml({ text, filename: basename(file) }));
    return { kind: 'conversations', file, ...(await conversations(answer, studio)) };
  }
  return { kind: 'recording', file, recording: await record(path, found.size, options, studio, context) };
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
  path: string,
  bytes: number,
  options: AudioImportOptions,
  studio: OpenedStudio,
  context: CliContext,
): Promise<SavedRecording> {
  const file = await open(path);
  const abort = new AbortController();
  const release = context.interrupts.listen(() => abort.abort());
  const { conversations: api } = studio.handlers;
  try {
    const name = options.name ?? basename(path, extname(path));
    const kind = await kindOf(file, path);
    const { upload } = must(await api.beginRecording({ name, bytes, format: { kind } }));
    try {
      const part = Buffer.alloc(partBytes);
      for (let at = 0; at < bytes;) {
        if (abort.signal.aborted) throw cancelled();
        const { bytesRead } = await file.read(part, 0, partBytes, at);
        if (bytesRead === 0) throw usage(`${path} became shorter while it was read; import it again.`);
        must(await api.addToRecording({ upload, data: part.toString('base64', 0, bytesRead) }));
        at += bytesRead;
      }
      const { trim, normalise, text = '' } = options;
      return must(await api.finishRecording({ upload, trim, normalise, text }));
    } catch (thrown) {
      await api.cancelRecording({ upload });
      throw thrown;
    }
  } finally {
    release();
    await file.close();
  }
}

function cancelled(): CrosstalkError {
  return new CrosstalkError({ kind: 'refused', code: 'cancelled', message: 'The import was cancelled.' });
}

/** WAV is told by its content; what has another known ending is not taken for raw samples. */
async function kindOf(file: FileHandle, path: string): Promise<'wav' | 'pcm16k'> {
  const head = Buffer.alloc(12);
  await file.read(head, 0, head.length, 0);
  const riff = head.toString('latin1', 0, 4);
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(riff) && head.toString('latin1', 8, 12) === 'WAVE')
    return 'wav';
  if (decodedByBrowsers.test(path))
    throw usage(
      `${path} is neither WAV nor raw PCM; import it in the studio, as the recording of a turn (its browser engine decodes it), or convert it to WAV.`,
    );
  if (!/\.(pcm|raw)$/i.test(path))
    throw usage(
      `${path} is not a WAV file; raw samples (16-bit mono at 16 kHz) must be called .pcm or .raw.`,
    );
  return 'pcm16k';
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
