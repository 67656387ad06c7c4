/** The presets that come with the program: whole scenarios to begin with. Each is a plain file in `resources/presets`. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ScenarioPreset } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { executorsOf, peakOf, plannedMs } from '#contract/scenario/load';
import { diskReason } from '../diskReason.ts';
import { bundled } from '../entries.ts';
import { checkScenario } from './check.ts';
import { problemsError } from './problems.ts';
import { parseScenarioText } from './source.ts';

/** As they are offered: first a look, then what to run where, the shapes of load, and the services around. Others follow by name. */
const order = [
  'smoke',
  'development',
  'staging',
  'production',
  'baseline',
  'target',
  'ramp-up',
  'spike',
  'sustained',
  'breaking-point',
  'arrivals',
  'iterations',
  'wisphub',
  'chat-smoke',
  'chat-ramp',
  'june-services',
];

/** Folder of the bundled presets. */
export function bundledPresets(): string {
  return bundled('resources', 'presets');
}

function rank(id: string): number {
  const at = order.indexOf(id);
  return at === -1 ? order.length : at;
}

/** The comment a file begins with, as one text. */
export function leadingComment(yaml: string): string {
  const lines = yaml.split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ')
    .trim();
}

function presetOf(path: string, yaml: string): Result<ScenarioPreset> {
  const parsed = parseScenarioText(path, yaml);
  const checked = 'problems' in parsed ? parsed : checkScenario(parsed.source);
  if ('problems' in checked) return problemsError(checked.problems);
  const { file } = checked;
  return ok({
    id: basename(path).replace(/\.ya?ml$/, ''),
    title: file.name,
    text: leadingComment(yaml),
    yaml,
    users: peakOf(file),
    durationMs: plannedMs(file),
    executor: executorsOf(file)[0] ?? 'short',
  });
}

/**
 * Every preset of a folder, in the order they are offered. `text` is the comment a file begins with.
 * Errors: `presets_unreadable`, `invalid_scenario` (both mean that the program's own files were changed).
 */
export async function listPresets(folder: string = bundledPresets()): Promise<Result<ScenarioPreset[]>> {
  try {
    const files = (await readdir(folder)).filter((file) => /^[^.].*\.ya?ml$/.test(file)).sort();
    const presets: ScenarioPreset[] = [];
    for (const file of files) {
      const path = join(folder, file);
      const preset = presetOf(path, await readFile(path, 'utf8'));
      if (!preset.ok) return preset;
      presets.push(preset.value);
    }
    return ok(presets.sort((a, b) => rank(a.id) - rank(b.id)));
  } catch (thrown) {
    return fail(
      'unavailable',
      'presets_unreadable',
      `The presets in ${folder} cannot be read: ${diskReason(thrown)}. Install Crosstalk again if they are gone.`,
    );
  }
}
