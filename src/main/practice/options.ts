/**
 * The practice agent's settings as flags of the command line: each key of `PracticeConfig` with dashes.
 *
 *     --delay "lognormal 750ms 0.25"   --stop-delay "uniform 120ms 260ms"   --pace burst   --continuous   --no-greeting
 *     --fault refuse=10%,status=429    --fault drop=0.05,code=1011 --fault capacity=50
 *     --profile live --cache-ttl 5m    --service-fault error=5%,status=500 --service-fault stall=1s,every=10s
 */
import type { Command } from 'commander';
import { fail, ok, type Result } from '#contract/errors';
import type { PracticeConfigInput } from '#contract/practice';
import { checkPracticeConfig, readPracticeFile } from './config.ts';
import { callFaults, readFaults, requestFaults, type FaultWords } from './faultText.ts';
import { agentFlags, flagOf, optionOf, readFlag, serviceFlags, type Flag } from './flags.ts';
import { type Mapping } from './mapping.ts';

/** What `crosstalk practice` was asked to do. */
export interface PracticeArguments {
  config: PracticeConfigInput;
  port: number;
  logFile: string | null;
  sink: boolean;
}

/** Registers every option of the practice agent on a command; read them with `practiceArgumentsFrom(command.opts())`. */
export function addPracticeOptions(command: Command): Command {
  command
    .option('--port <N>', 'port on 127.0.0.1; 0: any free one', '0')
    .option(
      '--scenario <FILE>',
      'settings from a YAML file with the names of these flags (with _ for -); flags win',
    )
    .option('--log <FILE.jsonl>', 'write what truly happened, turn by turn; replaces an earlier log')
    .option('--sink', 'accept calls and count frames, answer nothing');
  for (const { key, value, reading, help } of [...agentFlags, ...serviceFlags]) {
    if (reading === 'switch')
      command.option(flagOf(key), help).option(flagOf(`no_${key}`), `not: ${help.split(' (')[0]}`);
    else command.option(`${flagOf(key)} <${value}>`, help);
  }
  const collect = (text: string, before: string[] | undefined) => [...(before ?? []), text];
  return command
    .option(
      '--fault <NAME=VALUE,...>',
      `what goes wrong in calls, by chance: ${callFaults.shares.join(', ')} (a share, like 10%), with status=, code=, by=; capacity=N; may be repeated`,
      collect,
    )
    .option(
      '--service-fault <NAME=VALUE,...>',
      `what goes wrong at the services: ${requestFaults.shares.join(', ')} (a share), with status=, by=; stall=1s,every=10s (answers nothing for so long); capacity=N; may be repeated`,
      collect,
    );
}

/** The settings among a command's options. Fails with the flag and what is allowed. */
export function practiceConfigFrom(
  options: Mapping,
  base: PracticeConfigInput = {},
): Result<PracticeConfigInput> {
  const agent = withFlags(options, base, agentFlags);
  if (!agent.ok) return agent;
  const faulty = withFaults(options.fault, agent.value, base.faults, callFaults);
  if (!faulty.ok) return faulty;
  const services = withFlags(options, base.services ?? {}, serviceFlags);
  if (!services.ok) return services;
  const requests = withFaults(options.serviceFault, services.value, base.services?.faults, requestFaults);
  if (!requests.ok) return requests;
  const config =
    Object.keys(requests.value).length > 0 ? { ...faulty.value, services: requests.value } : faulty.value;
  return checkPracticeConfig(config, 'The practice agent’s settings');
}

/** `base` with what flags say over it. */
function withFlags(options: Mapping, base: Mapping, flags: readonly Flag[]): Result<Mapping> {
  const config: Mapping = { ...base };
  for (const flag of flags) {
    const given = options[optionOf(flag.key)];
    if (given === undefined) continue;
    const value = readFlag(flag.reading, given);
    if (!value.ok)
      return fail('invalid_input', 'practice_flag', `${flagOf(flag.key)}: ${value.error.message}`);
    config[flag.key] = value.value;
  }
  return ok(config);
}

/** `config` with the faults that `given` names over those it had. */
function withFaults(
  given: unknown,
  config: Mapping,
  before: object | undefined,
  words: FaultWords,
): Result<Mapping> {
  const texts: unknown[] = Array.isArray(given) ? given : [];
  if (texts.length === 0) return ok(config);
  const faults = readFaults(texts.map(String), words);
  return faults.ok ? ok({ ...config, faults: { ...before, ...faults.value } }) : faults;
}

/** All of a command's options: file first, flags over it. */
export async function practiceArgumentsFrom(options: Mapping): Promise<Result<PracticeArguments>> {
  const port = Number(options.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return fail(
      'invalid_input',
      'port',
      `--port ${String(options.port)} is not a port; write a number from 0 (any free one) to 65535`,
    );
  }
  const base = typeof options.scenario === 'string' ? await readPracticeFile(options.scenario) : ok({});
  if (!base.ok) return base;
  const config = practiceConfigFrom(options, base.value);
  if (!config.ok) return config;
  const logFile = typeof options.log === 'string' ? options.log : null;
  return ok({ config: config.value, port, logFile, sink: options.sink === true });
}
