/** The scenario files of the workspace: made, saved, renamed, copied, put into the trash and brought back. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { isPlainName } from '../../audio/names.ts';
import { pathFrom } from '../../conversations/clipPaths.ts';
import { diskRefused } from '../../conversations/diskErrors.ts';
import { freeName, moveIntoNew, slugOf, writeNew } from '../../conversations/fileNames.ts';
import { moveToTrash, takeFromTrash } from '../../conversations/trash.ts';
import { bundledScenarios, isScenarioName, listScenarios, revisionOf } from '../library.ts';
import { bringPresetFiles } from '../presetFiles.ts';
import { problemsError } from '../problems.ts';
import { largestScenarioBytes, parseScenarioText, readScenarioText } from '../source.ts';
import { withName, withPaths } from './editText.ts';
import { replaceFile, withLineEndsOf } from './replaceFile.ts';

/** A file as it was written. */
export interface WrittenScenario {
  path: string;
  revision: string;
}

export interface ScenarioFilesOptions {
  /** Absolute folder of the workspace at this moment. */
  workspace: () => string;
  /** Told of everything this has changed on disk, at once; null: more than one file. */
  onChange: (path: string | null) => void;
  /** A scenario's file is elsewhere now. */
  onMoved: (from: string, to: string) => void;
  /** What a new file of a workspace begins with, given its text. */
  begun: (workspace: string, yaml: string) => Promise<string>;
}

/**
 * Every path is one of the workspace's own folder; bundled scenarios are only copied. Errors besides those named:
 * `unknown_scenario`, `bundled_scenario`, `scenario_too_large`, `disk_refused`.
 */
export interface ScenarioFiles {
  create(request: { name: string; yaml: string }): Promise<Result<WrittenScenario>>;
  /** Error: `scenario_changed` when it is not the revision that was read, also when it was removed meanwhile. */
  save(request: { path: string; yaml: string; revision: string | null }): Promise<Result<WrittenScenario>>;
  /** Error: `invalid_scenario` when its YAML cannot be read. */
  rename(request: { path: string; name: string }): Promise<Result<WrittenScenario>>;
  duplicate(path: string): Promise<Result<WrittenScenario>>;
  remove(path: string): Promise<Result<{ undo: string }>>;
  restore(undo: string): Promise<Result<{ path: string }>>;
}

const longestName = 200;

function unknown(path: string): Result<never> {
  return fail('not_found', 'unknown_scenario', `${path} is not among the scenarios of the workspace.`);
}

function fits(path: string, yaml: string): Result<void> {
  if (Buffer.byteLength(yaml) <= largestScenarioBytes) return ok(undefined);
  return fail(
    'invalid_input',
    'scenario_too_large',
    `${basename(path)} would have more than 1 MB, the most a scenario may have; keep long texts in clips or split it.`,
  );
}

/** The text under this name; as it is where it cannot be read as a scenario. */
function named(path: string, yaml: string, name: string): string {
  const parsed = parseScenarioText(path, yaml);
  return 'problems' in parsed ? yaml : withName(parsed.source, name);
}

function nameIn(path: string, yaml: string): string | null {
  const parsed = parseScenarioText(path, yaml);
  const name: unknown = 'source' in parsed ? parsed.source.document.get('name') : null;
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}

/** Whether a file that is to be called this is called so already, or would be but for others of that name. */
function calledAlready(stem: string, slug: string): boolean {
  const [, number] = stem.toLowerCase().startsWith(slug) ? [0, stem.slice(slug.length)] : [];
  return number !== undefined && /^(-\d+)?$/.test(number);
}

export function createScenarioFiles(options: ScenarioFilesOptions): ScenarioFiles {
  const { onChange, onMoved, begun } = options;
  const workspace = () => resolve(options.workspace());
  let last: Promise<unknown> = Promise.resolve();

  /** One change after the other. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  /** Refuses what is not a file of the workspace. `instead`: what to do with a bundled one. */
  const own = (path: string, instead: string): Result<void> => {
    if (!isScenarioName(basename(path)) || resolve(path) !== path) return unknown(path);
    if (dirname(path) === bundledScenarios())
      return fail(
        'refused',
        'bundled_scenario',
        `${basename(path)} comes with Crosstalk and is not changed; ${instead}.`,
      );
    return dirname(path) === workspace() ? ok(undefined) : unknown(path);
  };

  const writeAnew = async (name: string, yaml: string): Promise<Result<WrittenScenario>> => {
    const folder = workspace();
    const slug = slugOf(name, 'scenario');
    const size = fits(slug, yaml);
    if (!size.ok) return size;
    try {
      await mkdir(folder, { recursive: true });
      await bringPresetFiles(yaml, folder);
      const text = await begun(folder, yaml);
      const path = join(folder, await writeNew(folder, slug, 'yaml', text));
      onChange(path);
      return ok({ path, revision: revisionOf(text) });
    } catch (thrown) {
      return diskRefused(`The scenario cannot be saved in ${folder}`, thrown);
    }
  };

  /** Null: it is not there. */
  const textAt = async (path: string): Promise<Result<string | null>> => {
    const text = await readScenarioText(path);
    return !text.ok && text.error.code === 'scenario_missing' ? ok(null) : text;
  };

  const save: ScenarioFiles['save'] = async ({ path, yaml, revision }) => {
    const mine = own(path, 'duplicate it and edit the copy');
    if (!mine.ok) return mine;
    const size = fits(path, yaml);
    if (!size.ok) return size;
    const before = await textAt(path);
    // What cannot be read is no text anybody has opened: it is written over only when that is asked for.
    if (!before.ok && revision !== null) return before;
    const there = before.ok ? before.value : null;
    const text = there === null ? yaml : withLineEndsOf(there, yaml);
    if (there !== text && revision !== null && (there === null || revisionOf(there) !== revision)) {
      const message =
        there === null
          ? `${basename(path)} was removed or renamed on disk since it was opened; save it anyway to put it back, or close it.`
          : `${basename(path)} was changed on disk since it was opened; load it again, or save over it.`;
      return fail('conflict', 'scenario_changed', message);
    }
    try {
      if (there !== text) {
        await mkdir(dirname(path), { recursive: true });
        await replaceFile(path, text);
        onChange(path);
      }
      return ok({ path, revision: revisionOf(text) });
    } catch (thrown) {
      return diskRefused(`${basename(path)} cannot be saved in ${dirname(path)}`, thrown);
    }
  };

  const rename: ScenarioFiles['rename'] = async ({ path, name }) => {
    const mine = own(path, 'duplicate it and rename the copy');
    if (!mine.ok) return mine;
    const text = await readScenarioText(path);
    if (!text.ok) return text.error.code === 'scenario_missing' ? unknown(path) : text;
    const parsed = parseScenarioText(path, text.value);
    if ('problems' in parsed) return problemsError(parsed.problems);
    const renamed = withLineEndsOf(text.value, withName(parsed.source, name));
    const size = fits(path, renamed);
    if (!size.ok) return size;
    const folder = dirname(path);
    const extension = extname(path).slice(1);
    const slug = slugOf(name, 'scenario');
    try {
      if (renamed !== text.value) await replaceFile(path, renamed);
      const stays = calledAlready(basename(path, extname(path)), slug);
      const to = stays ? path : join(folder, await moveIntoNew(path, folder, slug, extension));
      if (to !== path) onMoved(path, to);
      onChange(to === path ? path : null);
      return ok({ path: to, revision: revisionOf(renamed) });
    } catch (thrown) {
      return diskRefused(`${basename(path)} cannot be renamed in ${folder}`, thrown);
    }
  };

  const duplicate = async (path: string): Promise<Result<WrittenScenario>> => {
    const listed = await listScenarios(workspace());
    if (!listed.ok) return listed;
    if (!listed.value.some((entry) => entry.path === path)) return unknown(path);
    const text = await readScenarioText(path);
    if (!text.ok) return text;
    const was = nameIn(path, text.value) ?? basename(path, extname(path));
    const names = listed.value.map((entry) => entry.name);
    const stem = was.slice(0, longestName - 12);
    // `Name (copy)`, `Name (copy 2)` …
    const unclosed = names.map((taken) => taken.replace(/\)$/, ''));
    const name = `${freeName(`${stem} (copy`, unclosed)})`;
    const parsed = parseScenarioText(path, text.value);
    if ('problems' in parsed) return writeAnew(name, text.value);
    const [from, to] = [dirname(path), workspace()];
    if (from === to) return writeAnew(name, named(path, text.value, name));
    const moved = withPaths(parsed.source, (file) => pathFrom(to, resolve(from, file), to));
    return writeAnew(name, named(path, moved, name));
  };

  const remove = async (path: string): Promise<Result<{ undo: string }>> => {
    const mine = own(path, 'it cannot be removed');
    if (!mine.ok) return mine;
    try {
      const undo = await moveToTrash(dirname(path), basename(path));
      onChange(path);
      return ok({ undo });
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return unknown(path);
      return diskRefused(`${basename(path)} cannot be moved to the trash of ${dirname(path)}`, thrown);
    }
  };

  const restore = async (undo: string): Promise<Result<{ path: string }>> => {
    const folder = workspace();
    try {
      const filename = isPlainName(undo) ? await takeFromTrash(folder, undo) : null;
      if (filename === null)
        return fail(
          'not_found',
          'unknown_scenario',
          'This scenario is not in the trash of the workspace any more.',
        );
      const path = join(folder, filename);
      onChange(path);
      return ok({ path });
    } catch (thrown) {
      return diskRefused('The scenario cannot be brought back', thrown);
    }
  };

  return {
    create: ({ name, yaml }) =>
      alone(() => {
        const wanted = name.trim().slice(0, longestName);
        const known = wanted === '' ? (nameIn('', yaml) ?? 'scenario') : wanted;
        return writeAnew(known, wanted === '' ? yaml : named('', yaml, wanted));
      }),
    save: (request) => alone(() => save(request)),
    rename: (request) => alone(() => rename(request)),
    duplicate: (path) => alone(() => duplicate(path)),
    remove: (path) => alone(() => remove(path)),
    restore: (undo) => alone(() => restore(undo)),
  };
}
