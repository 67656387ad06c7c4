/** What a scenario is called. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isScalar, parseDocument } from 'yaml';

/** The name in its file; the file's own where that cannot be read. */
export async function scenarioName(path: string): Promise<string> {
  const otherwise = basename(path);
  try {
    const document = parseDocument(await readFile(path, 'utf8'), { logLevel: 'silent' });
    const name = document.get('name', true);
    return isScalar(name) && typeof name.value === 'string' && name.value.trim() !== ''
      ? name.value.trim()
      : otherwise;
  } catch {
    return otherwise;
  }
}
