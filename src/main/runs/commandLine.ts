/** The command that does from a terminal what was asked for elsewhere: to be copied, and kept with every run. */
import { parseDocument } from 'yaml';
import { formatDuration } from '#contract/quantities';
import type { Refusal } from '#contract/machine';
import { masked, maskUrl } from '#contract/secrets';
import { maskedAt } from '../scenarios/overrides/override.ts';
import { parsePath } from '../scenarios/overrides/place.ts';

/** What a run was asked to be. */
export interface AskedRun {
  scenario: string;
  environment?: string | undefined;
  /** Address by target; `default` for the default one. */
  urls?: Readonly<Record<string, string>> | undefined;
  users?: number | undefined;
  spawnRate?: number | undefined;
  durationMs?: number | undefined;
  set?: readonly string[] | undefined;
  seed?: number | undefined;
  workers?: number | undefined;
  record?: number | undefined;
  /** As `--watch` has them. */
  watch?: readonly string[] | undefined;
  once?: boolean | undefined;
  ignoreEnv?: boolean | undefined;
  force?: readonly Refusal[] | undefined;
  confirm?: string | undefined;
  name?: string | undefined;
  tags?: readonly string[] | undefined;
  /** false: `--no-history`. */
  keep?: boolean | undefined;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A `PATH=VALUE` with what is secret in it masked. */
function maskedSetting(text: string): string {
  const at = text.indexOf('=');
  const path = at < 1 ? null : parsePath(text.slice(0, at));
  if (path === null) return text;
  const written = text.slice(at + 1);
  const document = parseDocument(written, { prettyErrors: false });
  // What cannot be read cannot be looked through either.
  if (document.errors.length > 0) return `${text.slice(0, at)}=${masked}`;
  const before = JSON.stringify(plain(document));
  const after = JSON.stringify(maskedAt(path, plain(document)));
  return before === after ? text : `${text.slice(0, at)}=${after}`;
}

function plain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return masked;
  }
}

/** The command line, with secrets in addresses and settings masked. */
export function commandLineOf(run: AskedRun): string {
  const words = ['crosstalk', 'run', shellWord(run.scenario)];
  const add = (flag: string, value: string | number | undefined) => {
    if (value !== undefined) words.push(flag, shellWord(String(value)));
  };
  add('--env', run.environment);
  for (const [target, url] of Object.entries(run.urls ?? {}))
    add('--url', target === 'default' ? maskUrl(url) : `${target}=${maskUrl(url)}`);
  for (const setting of run.set ?? []) add('--set', maskedSetting(setting));
  add('--users', run.users);
  add('--spawn-rate', run.spawnRate);
  add('--duration', run.durationMs === undefined ? undefined : formatDuration(run.durationMs));
  if (run.once === true) words.push('--once');
  add('--seed', run.seed);
  add('--workers', run.workers);
  if (run.record !== undefined && run.record > 0 && run.once !== true)
    add('--record', `${Number((run.record * 100).toFixed(4))}%`);
  for (const what of run.watch ?? []) add('--watch', maskUrl(what));
  if (run.ignoreEnv === true) words.push('--ignore-env');
  for (const refusal of run.force ?? []) add('--force', refusal);
  add('--confirm', run.confirm);
  add('--name', run.name);
  for (const tag of run.tags ?? []) add('--tag', tag);
  if (run.keep === false) words.push('--no-history');
  return words.join(' ');
}
