/** `crosstalk serve`: the interface in a browser of this machine, until Ctrl-C. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CrosstalkError } from '#contract/errors';
import { createApplication } from '../../application.ts';
import { startBrowserHost } from '../../browser/host.ts';
import { bundled } from '../../entries.ts';
import { crosstalkHome } from '../../home.ts';
import { createNodeCapabilities } from '../../nodeCapabilities.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { printable } from '../terminal/text.ts';
import { describeBug } from '../unexpected.ts';
import type { ServeCommandOptions } from './serve.options.ts';

/** Serves until it is asked to end; a second Ctrl-C does not wait for runs to end. */
export async function serve(options: ServeCommandOptions, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  const rendererFolder = bundled('out', 'renderer');
  if (!existsSync(join(rendererFolder, 'index.html'))) {
    throw new CrosstalkError({
      kind: 'unavailable',
      code: 'not_built',
      message: `The interface is not built yet: there is no ${join(rendererFolder, 'index.html')}. Run "npm run build".`,
    });
  }
  const stop = Promise.withResolvers<null>();
  const hurry = Promise.withResolvers<null>();
  const release = context.interrupts.listen((signal) => {
    stop.resolve(null);
    if (closing && signal === 'SIGINT') hurry.resolve(null);
  });
  let closing = false;
  const home = must(crosstalkHome({ env: context.env }));
  const capabilities = createNodeCapabilities('browser');
  const application = must(
    await createApplication({ door: 'browser', home, capabilities, processes: nodeProcessHost }),
  );
  try {
    const host = must(
      await startBrowserHost({
        application,
        rendererFolder,
        open: options.open,
        onBug: (channel, error) => terminal.say(printable(describeBug(error, [channel], context.env))),
        ...(options.port === undefined ? {} : { port: options.port }),
      }),
    );
    terminal.out(`Crosstalk is ready: ${host.url()}\n`);
    for (const notice of application.notices)
      terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(notice)}`);
    terminal.say('The address works once. Press Enter for a fresh one, Ctrl-C to end.');
    const releaseEnter = context.onEnter(() => terminal.out(`${host.url()}\n`));
    await stop.promise;
    releaseEnter();
    terminal.say('Closing: a run that is going on is stopped and kept.');
    await host.close();
    return exitCodes.passed;
  } finally {
    const closed = application.close();
    closing = true;
    await Promise.race([closed, hurry.promise]);
    release();
  }
}
