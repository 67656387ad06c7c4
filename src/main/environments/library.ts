/** The environment files of the workspace: listed, made, saved, copied, put into the trash and brought back. */
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { isPlainName } from '../audio/names.ts';
import { diskRefused } from '../conversations/diskErrors.ts';
import { freeName } from '../conversations/fileNames.ts';
import { moveToTrash, takeFromTrash } from '../conversations/trash.ts';
import { withName } from '../scenarios/files/editText.ts';
import { replaceFile, withLineEndsOf } from '../scenarios/files/replaceFile.ts';
import { revisionOf } from '../scenarios/library.ts';
import { formatProblem } from '../scenarios/problems.ts';
import { withSchemaLine } from '../scenarios/schema/workspaceSchemas.ts';
import { largestScenarioBytes, parseYamlText, readScenarioText } from '../scenarios/source.ts';
import { checkEnvironment, type CheckedEnvironment } from './file.ts';
import { environmentsIn, environmentsOf, isEnvironmentName, type ListedEnvironment } from './resolve.ts';

export interface WrittenEnvironment {
  name: string;
  revision: string;
}

export interface EnvironmentLibraryOptions {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  /** Told of everything this has changed on disk, at once. */
  onChange: () => void;
}

/** A listed environment with what was found in it. */
export interface FoundInLibrary extends ListedEnvironment {
  checked: CheckedEnvironment;
}

/** Every name is one of the workspace's folder. Errors besides those named: `unknown_environment`, `disk_refused`. */
export interface EnvironmentLibrary {
  /** `<workspace>/environments`. */
  folder(): string;
  list(): Promise<FoundInLibrary[]>;
  /** Errors: those of reading a file. */
  read(name: string): Promise<Result<{ name: string; path: string; yaml: string; revision: string }>>;
  /** Written with the line that tells editors its schema, of which text the revision is. Errors: `invalid_environment` (it has no usable name), `environment_exists`, `environment_too_large`. */
  create(yaml: string): Promise<Result<WrittenEnvironment>>;
  /** Errors: `environment_changed`, `environment_exists` (it is to be called like another), `environment_too_large`. */
  save(request: { name: string; yaml: string; revision: string | null }): Promise<Result<WrittenEnvironment>>;
  /** Error: `invalid_environment` when it cannot be read. */
  duplicate(name: string): Promise<Result<WrittenEnvironment>>;
  /** `undo` brings it back. */
  remove(name: string): Promise<Result<{ undo: string }>>;
  restore(undo: string): Promise<Result<{ name: string }>>;
}

function unknown(name: string): Result<never> {
  return fail(
    'not_found',
    'unknown_environment',
    `There is no environment ${JSON.stringify(name)} in the workspace; it may have been renamed or removed meanwhile.`,
  );
}

function exists(name: string): Result<never> {
  return fail(
    'conflict',
    'environment_exists',
    `There is an environment ${JSON.stringify(name)} already; choose another name.`,
  );
}

function fits(yaml: string): Result<void> {
  if (Buffer.byteLength(yaml) <= largestScenarioBytes) return ok(undefined);
  return fail(
    'invalid_input',
    'environment_too_large',
    'The environment would have more than 1 MB, the most a file may have.',
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

export function createEnvironmentLibrary({
  workspace,
  onChange,
}: EnvironmentLibraryOptions): EnvironmentLibrary {
  const folder = () => environmentsIn(workspace());
  let last: Promise<unknown> = Promise.resolve();

  /** One change after the other. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  const find = async (name: string): Promise<ListedEnvironment | undefined> =>
    (await environmentsOf(folder())).find((one) => one.name === name);

  /** A usable name of a text, or what is wrong with it. */
  const nameIn = async (yaml: string): Promise<Result<string>> => {
    const { writtenName, problems } = await checkEnvironment(join(folder(), 'new.yaml'), yaml, null);
    if (writtenName !== null && isEnvironmentName(writtenName)) return ok(writtenName);
    const problem = problems.find(({ path }) => path === 'name') ?? problems[0];
    const why =
      problem === undefined ? '"name" is missing' : formatProblem({ ...problem, file: 'The environment' });
    return fail('invalid_input', 'invalid_environment', `${why}.`);
  };

  const writeNew = async (name: string, yaml: string): Promise<Result<WrittenEnvironment>> => {
    const path = join(folder(), `${name}.yaml`);
    if (await find(name)) return exists(name);
    try {
      await mkdir(folder(), { recursive: true });
      await writeFile(path, yaml, { flag: 'wx' });
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST') return exists(name);
      return diskRefused(`The environment cannot be saved in ${folder()}`, thrown);
    }
    onChange();
    return ok({ name, revision: revisionOf(yaml) });
  };

  const create = async (yaml: string): Promise<Result<WrittenEnvironment>> => {
    const size = fits(yaml);
    if (!size.ok) return size;
    const name = await nameIn(yaml);
    if (!name.ok) return name;
    const begun = await withSchemaLine(yaml, 'environment', { workspace: workspace(), folder: folder() });
    return writeNew(name.value, begun);
  };

  const save: EnvironmentLibrary['save'] = async ({ name, yaml, revision }) => {
    const size = fits(yaml);
    if (!size.ok) return size;
    if (!isEnvironmentName(name)) return unknown(name);
    const found = await find(name);
    const path = found?.path ?? join(folder(), `${name}.yaml`);
    const before = found === undefined ? null : await readScenarioText(path);
    if (before?.ok === false && revision !== null) return before;
    const there = before?.ok === true ? before.value : null;
    const text = there === null ? yaml : withLineEndsOf(there, yaml);
    if (revision !== null && there !== text && (there === null || revisionOf(there) !== revision)) {
      const what = there === null ? 'was removed or renamed on disk' : 'was changed on disk';
      const then =
        there === null ? 'save it anyway to put it back, or close it' : 'load it again, or save over it';
      return fail(
        'conflict',
        'environment_changed',
        `${basename(path)} ${what} since it was opened; ${then}.`,
      );
    }
    // A name that cannot be used stays a problem of the text; nothing that was typed is lost for it.
    const wanted = await nameIn(text);
    const to =
      wanted.ok && wanted.value !== name ? join(dirname(path), `${wanted.value}${extname(path)}`) : path;
    try {
      if (to !== path && (await find(basename(to, extname(to)))) !== undefined)
        return exists(basename(to, extname(to)));
      if (there === text && to === path) return ok({ name, revision: revisionOf(text) });
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, text);
      if (to !== path) {
        // On a disk that does not tell capitals apart the file is in its own way.
        if ((await isThere(to)) && to.toLowerCase() !== path.toLowerCase())
          return exists(basename(to, extname(to)));
        await rename(path, to);
      }
      onChange();
      return ok({ name: basename(to, extname(to)), revision: revisionOf(text) });
    } catch (thrown) {
      return diskRefused(`${basename(path)} cannot be saved in ${dirname(path)}`, thrown);
    }
  };

  /** The text under another name; null where its YAML cannot be read. */
  const renamed = (path: string, yaml: string, name: string): string | null => {
    const parsed = parseYamlText(path, yaml);
    return 'source' in parsed ? withName(parsed.source, name) : null;
  };

  const duplicate = async (name: string): Promise<Result<WrittenEnvironment>> => {
    const found = await find(name);
    if (!found) return unknown(name);
    const text = await readScenarioText(found.path);
    if (!text.ok) return text;
    const taken = (await environmentsOf(folder())).map((one) => one.name);
    const copy = freeName(`${name.slice(0, 56)}-copy`, taken, '-');
    const yaml = renamed(found.path, text.value, copy);
    if (yaml === null)
      return fail(
        'invalid_input',
        'invalid_environment',
        `${basename(found.path)} is not valid YAML; mend it before it is copied.`,
      );
    return writeNew(copy, yaml);
  };

  const remove = async (name: string): Promise<Result<{ undo: string }>> => {
    const found = await find(name);
    if (!found) return unknown(name);
    try {
      const undo = await moveToTrash(folder(), basename(found.path));
      onChange();
      return ok({ undo });
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return unknown(name);
      return diskRefused(`${basename(found.path)} cannot be moved to the trash of ${folder()}`, thrown);
    }
  };

  const restore = async (undo: string): Promise<Result<{ name: string }>> => {
    try {
      const filename = isPlainName(undo) ? await takeFromTrash(folder(), undo) : null;
      if (filename === null)
        return fail(
          'not_found',
          'unknown_environment',
          'This environment is not in the trash of the workspace any more.',
        );
      const path = join(folder(), filename);
      const name = basename(filename, extname(filename));
      const text = await readScenarioText(path);
      const was = text.ok ? (await checkEnvironment(path, text.value, null)).writtenName : null;
      // Another has its name by now: it came back with a number.
      if (text.ok && was !== null && was !== name && undo.startsWith(`${was}.`)) {
        const yaml = renamed(path, text.value, name);
        if (yaml !== null) await replaceFile(path, yaml);
      }
      onChange();
      return ok({ name });
    } catch (thrown) {
      return diskRefused('The environment cannot be brought back', thrown);
    }
  };

  return {
    folder,
    async list() {
      const listed: FoundInLibrary[] = [];
      for (const one of await environmentsOf(folder())) {
        const text = await readScenarioText(one.path);
        if (text.ok) listed.push({ ...one, checked: await checkEnvironment(one.path, text.value, one.name) });
        else if (text.error.code !== 'scenario_missing')
          listed.push({ ...one, checked: unreadable(one.path, text.error.message) });
      }
      return listed;
    },
    async read(name) {
      const found = await find(name);
      if (!found) return unknown(name);
      const text = await readScenarioText(found.path);
      if (!text.ok) return text.error.code === 'scenario_missing' ? unknown(name) : text;
      return ok({ ...found, yaml: text.value, revision: revisionOf(text.value) });
    },
    create: (yaml) => alone(() => create(yaml)),
    save: (request) => alone(() => save(request)),
    duplicate: (name) => alone(() => duplicate(name)),
    remove: (name) => alone(() => remove(name)),
    restore: (undo) => alone(() => restore(undo)),
  };
}

function unreadable(path: string, message: string): CheckedEnvironment {
  const problem = { file: path, line: null, column: null, path: '', message };
  return { file: null, written: null, writtenName: null, source: null, problems: [problem] };
}
