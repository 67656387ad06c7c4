/** The operator's settings: one small file, read with defaults and written so that it is never half there. */
import { readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { Settings } from '#contract/api/settings';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { writeAtomically } from '../atomicFile.ts';

/** A key that is given as undefined is taken out. */
export type SettingsPatch = Partial<Omit<Settings, 'version'>>;

/** Settings of this machine. */
export interface SettingsStore {
  get(): Settings;
  /** Changes what is given and keeps the rest. Fails, leaving everything as it was, when the file cannot be written. */
  update(patch: SettingsPatch): Result<Settings>;
  onChange(listener: (settings: Settings) => void): () => void;
  /** What the operator should know about how the file was found; null when all is well. */
  readonly notice: string | null;
}

/** Reads the settings file. A missing one means defaults; one that cannot be understood is put aside and replaced by them. */
export function openSettings(file: string, now = new Date()): SettingsStore {
  const read = readSettings(file, now);
  const listeners = new Set<(settings: Settings) => void>();
  const { others } = read;
  let settings = read.settings;
  return {
    notice: read.notice,
    get: () => settings,
    update(patch) {
      const parsed = Settings.safeParse({ ...settings, ...patch });
      if (!parsed.success) return fail('invalid_input', 'invalid_settings', z.prettifyError(parsed.error));
      const written = writeSettings(file, { ...others, ...parsed.data });
      if (!written.ok) return written;
      settings = parsed.data;
      listeners.forEach((listener) => listener(settings));
      return ok(settings);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Found {
  settings: Settings;
  /** Keys this version does not know, kept for the one that does. */
  others: Record<string, unknown>;
  notice: string | null;
}

function readSettings(file: string, now: Date): Found {
  const defaults = Settings.parse({});
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const notice = missing
      ? null
      : `The settings in ${file} cannot be read (${toAppError(thrown).message}); defaults are used.`;
    return { settings: defaults, others: {}, notice };
  }
  const parsed = parseSettings(text);
  if (parsed.ok) return { ...parsed.value, notice: null };
  const aside = `${file}.invalid-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
  let kept = `the file was put aside as ${aside}`;
  try {
    renameSync(file, aside);
  } catch {
    kept = 'the file was left as it is';
  }
  return {
    settings: defaults,
    others: {},
    notice: `The settings in ${file} are not valid (${parsed.error.message}); defaults are used and ${kept}.`,
  };
}

function parseSettings(text: string): Result<Omit<Found, 'notice'>> {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    return fail('invalid_input', 'invalid_settings', toAppError(thrown).message);
  }
  const others = z.record(z.string(), z.unknown()).safeParse(content);
  const settings = Settings.safeParse(content);
  if (settings.success && others.success) return ok({ settings: settings.data, others: others.data });
  const issue = settings.error?.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return fail(
    'invalid_input',
    'invalid_settings',
    `${where}${issue?.message ?? 'a JSON object is expected'}`,
  );
}

function writeSettings(file: string, content: Record<string, unknown>): Result<void> {
  try {
    writeAtomically(file, `${JSON.stringify(content, null, 2)}\n`);
    return ok(undefined);
  } catch (thrown) {
    return fail(
      'unavailable',
      'settings_not_written',
      `The settings cannot be written to ${file} (${toAppError(thrown).message}).`,
    );
  }
}
