/** What .proto files import, found before they are compiled, so that a file that is not there can be named with who wants it. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { isWellKnown } from './descriptorSet.ts';

/** Larger is no .proto file that somebody wrote. */
const mostBytes = 8 * 1024 * 1024;

export interface ProtoFile {
  path: string;
  text: string;
}

interface Import {
  target: string;
  line: number;
}

/** Comments become blanks; lines stay where they are, texts whole. */
export function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
  );
}

function importsOf(text: string): Import[] {
  const plain = withoutComments(text);
  return [...plain.matchAll(/^[^\S\n]*import\s+(?:public\s+|weak\s+)?(?:"([^"\n]+)"|'([^'\n]+)')\s*;/gm)].map(
    (found) => ({
      target: found[1] ?? found[2] ?? '',
      line: plain.slice(0, found.index).split('\n').length,
    }),
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function read(path: string, wantedBy: string): Promise<Result<string>> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      return fail(
        'invalid_input',
        'proto_invalid',
        `${path}${wantedBy} is no .proto file: it has ${Math.round(size / 1024 / 1024)} MB.`,
      );
    return ok(await readFile(path, 'utf8'));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
    const why =
      code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    return fail('invalid_input', 'proto_invalid', `The .proto file ${path}${wantedBy} ${why}.`);
  }
}

/** Where imports are looked for, in order: the given folders, then those of the files themselves. */
export function searchFolders(files: readonly string[], importPaths: readonly string[]): string[] {
  return [
    ...new Set([...importPaths, ...files.map((file) => dirname(file))].map((folder) => resolve(folder))),
  ];
}

/** Every file that is needed, each once. Error: `proto_invalid`, which file or import is not there and where it was looked for. */
export async function gatherProtos(
  files: readonly string[],
  folders: readonly string[],
): Promise<Result<ProtoFile[]>> {
  const gathered = new Map<string, ProtoFile>();
  const waiting = files.map((file) => ({ path: resolve(file), wantedBy: '' }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (gathered.has(next.path)) continue;
    const text = await read(next.path, next.wantedBy);
    if (!text.ok) return text;
    gathered.set(next.path, { path: next.path, text: text.value });
    for (const { target, line } of importsOf(text.value)) {
      if (isWellKnown(target)) continue;
      const path = await found(target, folders);
      if (path === null)
        return fail(
          'invalid_input',
          'proto_invalid',
          `${next.path}:${line} imports ${target}, which is in none of ${folders.join(', ')}; add its folder to import_paths.`,
        );
      waiting.push({ path, wantedBy: `, imported by ${next.path}:${line},` });
    }
  }
  return ok([...gathered.values()]);
}

async function found(target: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, target);
    if (await isFile(path)) return path;
  }
  return null;
}
