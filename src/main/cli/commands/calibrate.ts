/** `crosstalk calibrate`: how many calls this machine carries. */
import type { Calibration, CalibrationProbe, CalibrationState } from '#contract/calibration';
import { CrosstalkError } from '#contract/errors';
import { whole } from '#contract/machine';
import { formatElapsed, formatMs, formatShare } from '../../reports/quantities.ts';
import { openApplication } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { CalibrateCommandOptions } from './calibrate.options.ts';

/** Calibrates and keeps the result; ends with 0, or with 130 when it was cancelled. */
export async function calibrate(options: CalibrateCommandOptions, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  const { application } = await openApplication(context, { history: true });
  const release = context.interrupts.listen(() => application.machine.cancel());
  try {
    const { ended } = must(
      application.machine.calibrate(
        { workers: options.workers, seconds: options.seconds },
        progressOn(terminal),
      ),
    );
    terminal.say(
      'Calibrating against the practice agent on this machine; this takes about two minutes. Ctrl-C cancels.',
    );
    const end = await ended;
    terminal.show([]);
    switch (end.state) {
      case 'done':
        if (options.json === true) printJson(terminal, { ...end.calibration, probes: end.probes });
        else terminal.out(`${resultOf(end.calibration)}\n`);
        return exitCodes.passed;
      case 'failed':
        throw new CrosstalkError(end.error);
      case 'cancelled':
      case 'running':
        terminal.say('Cancelled; the last calibration stays as it was.');
        return exitCodes.aborted;
    }
  } finally {
    terminal.show([]);
    release();
    await application.close();
  }
}

/** A line for each try that is over, and the one that is going on at the bottom of a terminal. */
function progressOn(terminal: Terminal): (state: CalibrationState) => void {
  let told = 0;
  return (state) => {
    if (state.state === 'cancelled') return;
    for (const probe of state.probes.slice(told)) terminal.say(lineOf(probe, terminal));
    told = state.probes.length;
    terminal.show(state.state === 'running' ? [`  ${currentLine(state)}`] : []);
  };
}

function lineOf(probe: CalibrationProbe, { sayStyle }: Terminal): string {
  const mark = probe.carried ? sayStyle.green('✓') : sayStyle.red('✕');
  const calls = `${whole(probe.calls).padStart(6)} calls`;
  if (!probe.carried) return `${mark} ${calls}  not carried: ${probe.reason ?? 'unknown'}`;
  return `${mark} ${calls}  frame lateness p99 ${formatMs(probe.latenessP99)}, ${formatShare(probe.sentShare)} of the frames sent`;
}

function currentLine(state: Extract<CalibrationState, { state: 'running' }>): string {
  const doing =
    state.phase === 'measuring'
      ? `measuring ${state.measured} of ${state.window} s`
      : 'calls are being connected';
  const clock = `${formatElapsed(state.elapsed * 1000)} of at most ${formatElapsed(state.bound * 1000)}`;
  return `${whole(state.calls)} calls: ${doing} · ${clock} · Ctrl-C cancels`;
}

const why: Record<Calibration['endedBy'], string> = {
  generator: 'With more its own frames leave late.',
  agent: 'It may carry more: the practice agent could not keep up.',
  limits: 'It may carry more: the limits of the machine (open files, ports) do not let more be tried.',
  time: 'It may carry more: the time was up; give it longer with --seconds.',
};

function resultOf(calibration: Calibration): string {
  const threads = calibration.workers === 1 ? '1 engine thread' : `${calibration.workers} engine threads`;
  return (
    `This machine carries ${whole(calibration.calls)} calls at once on ${threads}. ${why[calibration.endedBy]}\n` +
    `Measured full duplex against the practice agent on this machine (${calibration.cpuModel}, ${calibration.cores} cores).`
  );
}
