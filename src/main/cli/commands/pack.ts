/** `crosstalk pack`: a scenario as a folder or an archive that Azure Load Testing and Locust run. */
import { join, resolve } from 'node:path';
import type { PackCheck, PackInput, PackPlan, PackProgress } from '#contract/api/packs';
import { CrosstalkError, ok } from '#contract/errors';
import { formatDuration } from '#contract/quantities';
import { shownBytes } from '../../packs/limits.ts';
import { PackService } from '../../packs/service.ts';
import { programVersion } from '../../runs/origin.ts';
import { readScenarioText } from '../../scenarios/source.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio, type OpenedStudio } from '../studio.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/text.ts';
import type { PackCommandOptions } from './pack.options.ts';

function inputOf(scenario: string, options: PackCommandOptions): PackInput {
  const { url, users, spawnRate, duration, engines, maxTurns, conversation, name } = options;
  return {
    source: { kind: 'scenario', path: scenario },
    purpose: options.for,
    ...(url === undefined ? {} : { url }),
    ...(users === undefined ? {} : { users }),
    ...(spawnRate === undefined ? {} : { spawnRate }),
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(engines === undefined ? {} : { engineInstances: engines }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(conversation === undefined ? {} : { conversations: conversation }),
    ...(name === undefined ? {} : { name }),
  };
}

function serviceOf(studio: OpenedStudio, onProgress: (progress: PackProgress) => void): PackService {
  const { workspace } = studio;
  return new PackService({
    voices: studio.voices,
    sources: {
      // Whoever types a path may read that file; a screen may not.
      async scenario(path) {
        const text = await readScenarioText(path);
        return text.ok ? ok({ path, yaml: text.value }) : text;
      },
      conversation: (id) => studio.library.get(id),
      workspaceCache: join(workspace, 'audio_cache'),
    },
    packsFolder: join(workspace, 'packs'),
    madeBy: `Crosstalk ${programVersion()}`,
    onProgress,
  });
}

/** Writes the pack; ends with 0, with 2 when it could not be used as it is, with 130 when it was cancelled. */
export function pack(scenario: string, options: PackCommandOptions, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  return withStudio(context, async (studio) => {
    const service = serviceOf(studio, (progress) => terminal.show(progressLines(progress)));
    const release = context.interrupts.listen(() => service.cancel());
    const input = inputOf(scenario, options);
    const out = resolve(options.out);
    try {
      const plan = must(await service.plan(input, out));
      if (options.json !== true) sayPlan(plan, options, terminal);
      const written = await service.write(input, out);
      terminal.show([]);
      if (!written.ok && written.error.code === 'cancelled') {
        terminal.say('Cancelled; nothing was written.');
        return exitCodes.aborted;
      }
      if (!written.ok) throw new CrosstalkError(written.error);
      // What was estimated before is known now.
      const final = must(await service.plan(input, out));
      if (options.json === true) printJson(terminal, { ...written.value, plan: final });
      else sayWritten(final, written.value, terminal);
      return exitCodes.passed;
    } finally {
      terminal.show([]);
      release();
    }
  });
}

function progressLines({ state, done, total, detail }: PackProgress): string[] {
  const what = detail === null ? '' : `: ${printable(detail)}`;
  if (state === 'speaking') return [`Speaking what is missing, ${done} of ${total}${what}`];
  return state === 'writing' ? [`Writing, ${done} of ${total}${what}`] : [];
}

function sayPlan(plan: PackPlan, options: PackCommandOptions, terminal: Terminal): void {
  const { sayStyle } = terminal;
  const engines = options.for === 'azure' ? ` on ${count(plan.engineInstances, 'engine')}` : '';
  const load = `${count(plan.users, 'user')}, ${plan.spawnRate} a second, for ${formatDuration(plan.durationMs)}${engines}`;
  terminal.say(`${sayStyle.bold(printable(plan.name))}: ${load}, against ${printable(plan.url || 'WS_URL')}`);
  for (const { name, turns, durationMs, missing } of plan.conversations) {
    const toSpeak = missing > 0 ? `, ${missing} still to be spoken` : '';
    terminal.say(
      `  ${printable(name)}: ${count(turns, 'turn')}, ${(durationMs / 1000).toFixed(1)} s${toSpeak}`,
    );
  }
  for (const check of plan.checks) terminal.say(`${markOf(check, terminal)} ${printable(check.text)}`);
}

function markOf({ level }: PackCheck, { sayStyle }: Terminal): string {
  if (level === 'ok') return sayStyle.green('✓');
  return level === 'warning' ? sayStyle.yellow('!') : sayStyle.red('✕');
}

function sayWritten(plan: PackPlan, written: { path: string; bytes: number }, terminal: Terminal): void {
  const files = plan.files.filter(({ archive }) => archive === null).length;
  terminal.say(
    `${terminal.sayStyle.green('✓')} ${count(files, 'file')}, ${shownBytes(written.bytes)}, in ${printable(written.path)}`,
  );
  for (const { what, command } of plan.commands) terminal.out(`# ${what}\n${command}\n`);
}

function count(n: number, what: string): string {
  return `${n} ${n === 1 ? what : `${what}s`}`;
}
