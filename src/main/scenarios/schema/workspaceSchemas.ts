/** The JSON Schemas within a workspace, where any editor finds them: whoever opens the folder has completion without setting anything up. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { bundled } from '../../entries.ts';
import { programVersion } from '../../runs/origin.ts';
import { replaceFile } from '../files/replaceFile.ts';
import { schemaFiles, type SchemaKind } from './jsonSchema.ts';

const folderName = '.crosstalk';
const writtenBy = 'Written by Crosstalk ';

/** Where a workspace has a schema. */
export function schemaPath(workspace: string, kind: SchemaKind): string {
  return join(workspace, folderName, schemaFiles[kind]);
}

/** The published schema, as text. */
export function publishedSchema(kind: SchemaKind): Promise<string> {
  return readFile(bundled('resources', schemaFiles[kind]), 'utf8');
}

function numbers(version: string): number[] {
  return version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
}

/** Whether a version is older than another. */
function isOlder(version: string, other: string): boolean {
  const [a, b] = [numbers(version), numbers(other)];
  const at = [0, 1, 2].find((i) => (a[i] ?? 0) !== (b[i] ?? 0)) ?? 0;
  return (a[at] ?? 0) < (b[at] ?? 0);
}

/** Puts a schema into a workspace, or a newer one in the place of an older program's. Never fails: it is a convenience. */
export async function placeSchema(
  workspace: string,
  kind: SchemaKind,
  version = programVersion(),
): Promise<boolean> {
  const path = schemaPath(workspace, kind);
  try {
    const comment = JSON.stringify(`${writtenBy}${version}; a newer one replaces it.`);
    const text = (await publishedSchema(kind)).replace('{', `{\n  "$comment": ${comment},`);
    const there = await readFile(path, 'utf8').catch(() => null);
    if (there === text) return true;
    const by = /"Written by Crosstalk ([^;"]+);/.exec(there ?? '')?.[1];
    // Several versions of the program may share a folder: the newest one's is for all of them.
    if (by !== undefined && isOlder(version, by)) return true;
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, text);
    return true;
  } catch {
    return false;
  }
}

/** Brings the schemas that a workspace has already up to date; one without any is left alone. */
export async function refreshSchemas(workspace: string): Promise<void> {
  for (const kind of ['scenario', 'environment'] as const) {
    const there = await readFile(schemaPath(workspace, kind), 'utf8').catch(() => null);
    if (there !== null) await placeSchema(workspace, kind);
  }
}

/**
 * A new file's text with the line that tells editors its schema, which is put into the workspace. `folder`: where the
 * file will lie. As it is where it has such a line already, or the schema cannot be written.
 */
export async function withSchemaLine(
  yaml: string,
  kind: SchemaKind,
  { workspace, folder = workspace }: { workspace: string; folder?: string },
): Promise<string> {
  if (/^#\s*yaml-language-server:/m.test(yaml) || !(await placeSchema(workspace, kind))) return yaml;
  const path = relative(folder, schemaPath(workspace, kind)).split(sep).join(posix.sep);
  return `# yaml-language-server: $schema=${path}\n${yaml}`;
}
