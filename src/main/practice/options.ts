/**
 * The practice agent's settings as flags of the command line: each key of `PracticeConfig` with dashes.
 *
 *     --delay "lognormal 750ms 0.25"   --stop-delay "uniform 120ms 260ms"   --pace burst   --continuous   --no-greeting
 *     --fault refuse=10%,status=429    --fault drop=0.05,code=1011 --fault capacity=50
 */
import type { Command } from 'commander';
import { fail, ok, type Result } from '#contract/errors';
import type { PracticeConfigInput } from '#contract/practice';
import { parseShare } from '#contract/quantities';
import { checkPracticeConfig, readPracticeFile } from './config.ts';
import { delayForms, parseDelay } from './delayText.ts';
import { type Mapping } from './mapping.ts';

type Reading = 'text' | 'number' | 'share' | 'delay' | 'switch';

interface Flag {
  key: Exclude<keyof PracticeConfigInput, 'faults'>;
  value: string;
  reading: Reading;
  help: string;
}

const flags: readonly Flag[] = [
  { key: 'seed', value: 'N', reading: 'number', help: 'drives every random choice (default 1)' },
  {
    key: 'dialect',
    value: 'NAME',
    reading: 'text',
    help: 'snapshot or main: which of the two message formats in the field',
  },
  { key: 'sample_rate', value: 'HZ', reading: 'number', help: '16000 or 24000' },
  {
    key: 'speech_level',
    value: 'LEVEL',
    reading: 'text',
    help: 'from where on the caller is speaking (default -45dBFS)',
  },
  {
    key: 'endpointing',
    value: 'TIME',
    reading: 'text',
    help: 'silence that ends the caller’s turn (default 500ms)',
  },
  { key: 'delay', value: 'DELAY', reading: 'delay', help: `end of speech to first audio: ${delayForms}` },
  {
    key: 'strain_from',
    value: 'N',
    reading: 'number',
    help: 'calls at once beyond which answers come later (default 0: never)',
  },
  {
    key: 'strain_by',
    value: 'TIME',
    reading: 'text',
    help: 'how much later for each call beyond (default 50ms)',
  },
  { key: 'sentences', value: 'N', reading: 'number', help: 'sentences of an answer (default 2)' },
  { key: 'sentence', value: 'TIME', reading: 'text', help: 'length of a sentence (default 1500ms)' },
  { key: 'sentence_gap', value: 'TIME', reading: 'text', help: 'between sentences (default 120ms)' },
  { key: 'pace', value: 'PACE', reading: 'text', help: 'burst (a sentence at once) or paced (as spoken)' },
  { key: 'continuous', value: '', reading: 'switch', help: 'stream quiet frames when it is not speaking' },
  { key: 'greeting', value: '', reading: 'switch', help: 'speak first (default)' },
  { key: 'greeting_length', value: 'TIME', reading: 'text', help: 'length of the greeting (default 1200ms)' },
  { key: 'greeting_delay', value: 'DELAY', reading: 'delay', help: 'call set-up to greeting' },
  { key: 'transcripts', value: '', reading: 'switch', help: 'send transcripts and texts (default)' },
  { key: 'tools', value: 'SHARE', reading: 'share', help: 'share of turns that call a tool first, like 30%' },
  { key: 'tool_time', value: 'TIME', reading: 'text', help: 'how long a tool takes (default 400ms)' },
  { key: 'tool_preamble', value: '', reading: 'switch', help: 'say a sentence before a tool' },
  { key: 'stop_delay', value: 'DELAY', reading: 'delay', help: 'onset of an interruption to the stop' },
  {
    key: 'idle_stops',
    value: '',
    reading: 'switch',
    help: 'send stops even when nothing plays (default; snapshot only)',
  },
  {
    key: 'audio_after_stop',
    value: 'TIME',
    reading: 'text',
    help: 'audio of the old answer that follows a stop (default 0s)',
  },
];

const shareFaults = ['refuse', 'silent', 'drop', 'garbage', 'slow', 'no_answer', 'never_stop'];
const numberFaults = ['refuse_status', 'drop_code', 'capacity'];
const shortFaults: Record<string, string> = { status: 'refuse_status', code: 'drop_code', by: 'slow_by' };

function flagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`;
}

/** The name commander keeps an option under. */
function optionOf(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

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
  for (const { key, value, reading, help } of flags) {
    if (reading === 'switch')
      command.option(flagOf(key), help).option(flagOf(`no_${key}`), `not: ${help.split(' (')[0]}`);
    else command.option(`${flagOf(key)} <${value}>`, help);
  }
  return command.option(
    '--fault <NAME=VALUE,...>',
    `what goes wrong, by chance: ${shareFaults.join(', ')} (a share, like 10%), with status=, code=, by=; capacity=N; may be repeated`,
    (text: string, before: string[] | undefined) => [...(before ?? []), text],
  );
}

/** The settings among a command's options. Fails with the flag and what is allowed. */
export function practiceConfigFrom(
  options: Mapping,
  base: PracticeConfigInput = {},
): Result<PracticeConfigInput> {
  const config: Mapping = { ...base };
  for (const flag of flags) {
    const given = options[optionOf(flag.key)];
    if (given === undefined) continue;
    const value = readFlag(flag.reading, given);
    if (!value.ok)
      return fail('invalid_input', 'practice_flag', `${flagOf(flag.key)}: ${value.error.message}`);
    config[flag.key] = value.value;
  }
  const given: unknown[] = Array.isArray(options.fault) ? options.fault : [];
  if (given.length > 0) {
    const faults = readFaults(given.map(String));
    if (!faults.ok) return faults;
    config.faults = { ...base.faults, ...faults.value };
  }
  return checkPracticeConfig(config, 'The practice agent’s settings');
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

function readFlag(reading: Reading, given: unknown): Result<unknown> {
  if (reading === 'switch') return ok(given === true);
  const text = String(given);
  switch (reading) {
    case 'number':
      return readNumber(text);
    case 'share':
      return readShare(text);
    case 'delay':
      return parseDelay(text);
    case 'text':
      return ok(text);
  }
}

function readNumber(text: string): Result<number> {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return ok(value);
  return fail('invalid_input', 'number', `${JSON.stringify(text)} is not a number`);
}

function readShare(text: string): Result<number> {
  const value = parseShare(text) ?? Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return ok(value);
  return fail('invalid_input', 'share', `${JSON.stringify(text)} is not a share; write 10% or 0.1`);
}

/** Reads `refuse=10%,status=429` and the like; a fault's name alone means always. */
function readFaults(texts: readonly string[]): Result<Mapping> {
  const faults: Mapping = {};
  for (const part of texts.flatMap((text) => text.split(',')).map((part) => part.trim())) {
    if (part === '') continue;
    const [given = '', text] = part.split('=', 2);
    const name = given.replaceAll('-', '_');
    const key = shortFaults[name] ?? name;
    const value = shareFaults.includes(key)
      ? readShare(text ?? '1')
      : numberFaults.includes(key)
        ? readNumber(text ?? '')
        : key === 'slow_by' && text !== undefined
          ? ok(text)
          : fail(
              'invalid_input',
              'fault',
              `unknown fault; there are ${[...shareFaults, ...numberFaults, 'slow_by'].join(', ')}`,
            );
    if (!value.ok) return fail('invalid_input', 'practice_fault', `--fault ${part}: ${value.error.message}`);
    faults[key] = value.value;
  }
  return ok(faults);
}
