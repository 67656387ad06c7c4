/** `crosstalk practice`: the practice agent until Ctrl-C. */
import { CrosstalkError } from '#contract/errors';
import { launchPractice } from '../../practice/launcher.ts';
import { practiceArgumentsFrom } from '../../practice/options.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';

/** Runs the agent; ends with 0 when it was asked to end. */
export async function practice(options: Record<string, unknown>, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  const asked = must(await practiceArgumentsFrom(options));
  const stop = Promise.withResolvers<'stop'>();
  const release = context.interrupts.listen(() => stop.resolve('stop'));
  try {
    const agent = must(
      await launchPractice(nodeProcessHost, {
        config: asked.config,
        port: asked.port,
        sink: asked.sink,
        ...(asked.logFile === null ? {} : { logFile: asked.logFile }),
      }),
    );
    if (options.json === true)
      printJson(terminal, {
        url: agent.url,
        port: agent.port,
        services: agent.services,
        pid: agent.pid ?? null,
      });
    else terminal.out(`${agent.url}\n${agent.services.http}\n${agent.services.grpc}\n`);
    terminal.say(
      `The practice agent ${asked.sink ? 'accepts calls and answers nothing' : 'takes calls'}. Ctrl-C ends it.`,
    );
    const ended = await Promise.race([stop.promise, agent.exited]);
    if (ended !== 'stop') {
      const last = ended.stderr.trim().split('\n').at(-1) ?? '';
      throw new CrosstalkError({
        kind: 'unavailable',
        code: 'practice_died',
        message: `The practice agent ended by itself (${ended.code === null ? 'killed' : `exit code ${ended.code}`})${last === '' ? '' : `: ${last}`}.`,
      });
    }
    await agent.close();
    terminal.say('The practice agent has ended.');
    return exitCodes.passed;
  } finally {
    release();
  }
}
