/**
 * The practice agent's process.
 *
 *     entry [--config JSON] [--port N] [--log FILE.jsonl] [--audio FOLDER] [--sink] --proto FILE
 *
 * With a parent (an IPC channel) it reports `ready` or `failed` and ends with it; without one it prints its URL. Exit
 * codes: 0 ended on request, 1 could not start, 2 wrong arguments.
 */
import { parseArgs } from 'node:util';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { PracticeConfig } from '#contract/practice';
import { findParent } from './parent.ts';
import { startPracticeServer, type PracticeServerOptions } from './server.ts';
import { noTruthLog, openTruthLog } from './truth.ts';

type Arguments = Omit<PracticeServerOptions, 'log'> & { logFile: string | null };

function readArguments(args: string[]): Result<Arguments> {
  try {
    const { values } = parseArgs({
      args,
      options: {
        config: { type: 'string', default: '{}' },
        port: { type: 'string', default: '0' },
        log: { type: 'string' },
        audio: { type: 'string' },
        proto: { type: 'string' },
        sink: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return fail(
        'invalid_input',
        'port',
        `--port ${values.port} is not a port; write a number from 0 (any free one) to 65535`,
      );
    }
    const config = PracticeConfig.safeParse(JSON.parse(values.config));
    if (!config.success) {
      const issues = config.error.issues.map(
        (issue) => `${issue.path.join('.') || 'config'}: ${issue.message}`,
      );
      return fail('invalid_input', 'config', `The practice agent's settings are wrong: ${issues.join('; ')}`);
    }
    const { log, audio, proto, sink } = values;
    if (proto === undefined)
      return fail('invalid_input', 'proto', '--proto is missing: the description of the gRPC services');
    const protoFile = proto;
    return ok({
      config: config.data,
      port,
      sink,
      audioFolder: audio ?? null,
      protoFile,
      logFile: log ?? null,
    });
  } catch (error) {
    return fail(
      'invalid_input',
      'arguments',
      `The practice agent's arguments are wrong: ${toAppError(error).message}`,
    );
  }
}

async function main(): Promise<void> {
  const parent = findParent();
  const giveUp = (message: string, code: number): void => {
    process.stderr.write(`${message}\n`);
    process.exitCode = code;
    parent?.send({ type: 'failed', message });
  };
  const args = readArguments(process.argv.slice(2));
  if (!args.ok) {
    giveUp(args.error.message, 2);
    return;
  }
  const log =
    args.value.logFile === null
      ? ok(noTruthLog)
      : await openTruthLog(args.value.logFile, (message) => process.stderr.write(`${message}\n`));
  if (!log.ok) {
    giveUp(log.error.message, 1);
    return;
  }
  const server = await startPracticeServer({ ...args.value, log: log.value });
  if (!server.ok) {
    await log.value.close();
    giveUp(server.error.message, 1);
    return;
  }
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void server.value.close().finally(() => process.exit(0));
  };
  parent?.onEnd(end);
  process.on('SIGTERM', end);
  // A Ctrl-C in the terminal reaches the whole group; a parent ends its calls first and then asks.
  process.on('SIGINT', () => {
    if (!parent) end();
  });
  const { port, url, services } = server.value;
  if (parent) parent.send({ type: 'ready', port, url, services });
  else process.stdout.write(`${url}\n${services.http}\n${services.grpc}\n`);
}

await main();
