/** Settings of the practice agent from a file (YAML), checked, with the line of what is wrong. */
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { PracticeConfig, type PracticeConfigInput } from '#contract/practice';
import { isMapping, type Mapping } from './mapping.ts';
import { parseDelay } from './delayText.ts';

const delayKeys = [
  ['delay'],
  ['stop_delay'],
  ['greeting_delay'],
  ...['cold', 'warm', 'first_token', 'token_pace', 'final_result', 'first_audio'].map((key) => [
    'services',
    key,
  ]),
];

/** Checks settings; the error names `source` and every setting that is wrong. */
export function checkPracticeConfig(config: unknown, source: string): Result<PracticeConfigInput> {
  const parsed = PracticeConfig.safeParse(config);
  if (parsed.success) return ok(config as PracticeConfigInput);
  const issues = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`,
  );
  return fail('invalid_input', 'practice_config', `${source}: ${issues.join('; ')}`);
}

/**
 * Reads a file of settings: the keys of `PracticeConfig`, delays also as text (`lognormal 750ms 0.25`), an empty file
 * is all defaults. Fails with the file, the line and what is allowed there.
 */
export async function readPracticeFile(file: string): Promise<Result<PracticeConfigInput>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return fail(
      'not_found',
      'practice_file',
      `${file} cannot be read (${toAppError(error).message}); check the name of the file`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) {
    const line = broken.linePos?.[0].line ?? 1;
    return fail(
      'invalid_input',
      'practice_yaml',
      `${file}:${line}: not valid YAML: ${broken.message.split('\n')[0] ?? ''}`,
    );
  }
  const content: unknown = document.toJS() ?? {};
  if (!isMapping(content)) {
    return fail(
      'invalid_input',
      'practice_file',
      `${file}:1: settings are expected as "name: value" lines, like delay: fixed 600ms`,
    );
  }
  const config: Mapping = { ...content };
  if (isMapping(config.services)) config.services = { ...config.services };
  for (const path of delayKeys) {
    const holder = path.length === 1 ? config : config.services;
    const key = path.at(-1) ?? '';
    const value = isMapping(holder) ? holder[key] : undefined;
    if (!isMapping(holder) || typeof value !== 'string') continue;
    const delay = parseDelay(value);
    if (!delay.ok)
      return fail(
        'invalid_input',
        'practice_file',
        `${file}:${lineOf(document, lines, path)}: ${path.join('.')}: ${delay.error.message}`,
      );
    holder[key] = delay.value;
  }
  const parsed = PracticeConfig.safeParse(config);
  if (parsed.success) return ok(config as PracticeConfigInput);
  const issues = parsed.error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const path = unknown === undefined ? issue.path : [...issue.path, unknown];
    return `${file}:${lineOf(document, lines, path)}: ${path.join('.') || 'settings'}: ${issue.message}`;
  });
  return fail('invalid_input', 'practice_file', issues.join('\n'));
}

/** The line of the deepest part of `path` that the file has. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line;
    }
  }
  return 1;
}
