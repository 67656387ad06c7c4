import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfRun } from './exit.ts';
import { InterruptRelay, StopRule } from './interrupts.ts';
import { createProgram, runCli } from './program.ts';
import { speak, testCli } from './testing.ts';

let folder: string;
let env: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-cli-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('exit codes', () => {
  it('go by the verdict, then by the trust in the numbers', () => {
    const run = (
      ended: 'completed' | 'stopped' | 'aborted' | 'crashed' | 'threshold',
      verdict: 'pass' | 'warn' | 'fail',
      trusted: boolean,
    ) => exitCodeOfRun({ ended, verdict, trusted });
    expect(run('completed', 'pass', true)).toBe(0);
    expect(run('completed', 'warn', true)).toBe(0);
    expect(run('stopped', 'pass', true)).toBe(0);
    expect(run('completed', 'fail', true)).toBe(99);
    expect(run('completed', 'fail', false)).toBe(99);
    expect(run('threshold', 'fail', true)).toBe(99);
    expect(run('completed', 'warn', false)).toBe(98);
    expect(run('aborted', 'pass', true)).toBe(130);
    expect(run('aborted', 'fail', false)).toBe(130);
    expect(run('crashed', 'fail', false)).toBe(1);
  });

  it('go by the kind of failure', () => {
    const error = (kind: Parameters<typeof exitCodeOfError>[0]['kind']) =>
      exitCodeOfError({ kind, code: 'x', message: 'x' });
    expect(error('invalid_input')).toBe(2);
    expect(error('not_found')).toBe(2);
    expect(error('refused')).toBe(3);
    expect(error('unavailable')).toBe(1);
    expect(error('conflict')).toBe(1);
    expect(error('internal')).toBe(1);
  });
});

describe('interrupts', () => {
  it('stop first and abort at a second Ctrl-C', () => {
    const rule = new StopRule();
    expect(rule.decide('SIGINT', 0)).toBe('stop');
    expect(rule.decide('SIGINT', 2)).toBe('nothing');
    expect(rule.decide('SIGINT', 2000)).toBe('abort');
    expect(rule.decide('SIGINT', 4000)).toBe('nothing');
  });

  it('never abort because the system asks again', () => {
    const rule = new StopRule();
    expect(rule.decide('SIGTERM', 0)).toBe('stop');
    expect(rule.decide('SIGHUP', 2000)).toBe('nothing');
    expect(rule.decide('SIGTERM', 4000)).toBe('nothing');
    expect(rule.decide('SIGINT', 6000)).toBe('abort');
  });

  it('reach the newest listener alone', () => {
    const heard: string[] = [];
    const relay = new InterruptRelay((signal) => heard.push(`fallback ${signal}`));
    const release = relay.listen(() => heard.push('outer'));
    const releaseInner = relay.listen(() => heard.push('inner'));
    relay.raise('SIGINT');
    releaseInner();
    relay.raise('SIGINT');
    release();
    relay.raise('SIGTERM');
    expect(heard).toEqual(['inner', 'outer', 'fallback SIGTERM']);
  });
});

describe('help', () => {
  it('names every command, on stdout, with code 0', async () => {
    const { code, out, err } = await speak(['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const name of [
      'run',
      'check',
      'validate',
      'practice',
      'calibrate',
      'serve',
      'runs',
      'audio',
      'pack',
      'environments',
      'scenario',
    ])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  const commands = [
    'run',
    'check',
    'validate',
    'practice',
    'calibrate',
    'serve',
    'runs',
    'runs list',
    'runs show',
    'runs export',
    'runs import',
    'runs compare',
    'runs trend',
    'runs edit',
    'runs delete',
    'runs restore',
    'runs prune',
    'runs backup',
    'audio',
    'audio generate',
    'audio verify',
    'audio list',
    'audio import',
    'audio test-connection',
    'pack',
    'environments',
    'environments list',
    'environments check',
    'scenario',
    'scenario list',
    'scenario new',
    'scenario schema',
    'scenario import',
  ];
  it.each(commands)('of %s has examples', async (name) => {
    const { code, out } = await speak([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`\nExamples:\n  $ crosstalk ${name.split(' ')[0] ?? ''}`);
  });

  it('covers every command there is', () => {
    const program = createProgram(testCli(), () => {});
    const visible = program.commands.flatMap((command) =>
      command.commands.length > 0
        ? [command.name(), ...command.commands.map((inner) => `${command.name()} ${inner.name()}`)]
        : [command.name()],
    );
    expect(visible.sort()).toEqual([...commands].sort());
  });

  it('prints the version', async () => {
    expect(await speak(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });
});

describe('bad usage', () => {
  it.each([
    [['rnu'], "unknown command 'rnu'", 'Did you mean run?'],
    [['run', 'x.yaml', '--user', '5'], "unknown option '--user'", 'Did you mean'],
    [['runs', 'lst'], "unknown command 'lst'", 'Did you mean list?'],
    [['run'], "missing required argument 'scenario.yaml'", ''],
    [['run', 'a.yaml', 'b.yaml'], 'too many arguments', ''],
    [['run', 'x.yaml', '--users', '0'], 'whole number from 1', ''],
    [['run', 'x.yaml', '--users', '2.5'], 'whole number from 1', ''],
    [['run', 'x.yaml', '--spawn-rate', '-1'], 'above 0', ''],
    [['run', 'x.yaml', '--duration', '30'], 'with its unit', ''],
    [['run', 'x.yaml', '--url', 'http://a'], 'ws:// or wss://', ''],
    [['run', 'x.yaml', '--url', 'ws://a', '--url', 'ws://b'], 'has an address already', ''],
    [['run', 'x.yaml', '--set', 'nothing'], 'PATH=VALUE', ''],
    [['run', 'x.yaml', '--force', 'all'], 'guard, limits, calibration', ''],
    [['run', 'x.yaml', '--force', 'limits', '--force', 'guard,'], 'guard, limits, calibration', ''],
    [['run', 'x.yaml', '--html', ''], 'must not be empty', ''],
    [['runs', 'export', 'latest', '--csv', ' '], 'must not be empty', ''],
    [['calibrate', '--seconds', '1'], 'from 2 to 120', ''],
    [['serve', '--port', '70000'], 'from 0 to 65535', ''],
    [['audio', 'generate', '--provider', 'gcp'], 'offline or azure', ''],
    [['audio', 'generate', '--max-turns', '0'], 'whole number from 1', ''],
    [['audio', 'generat'], "unknown command 'generat'", 'Did you mean generate?'],
    [['audio', 'import'], "missing required argument 'file'", ''],
    [['audio', 'import', 'a.wav', 'b.wav', '--name', 'x'], 'about one recording', ''],
    [['check', 'ws://127.0.0.1:1/x', '--env', 'a'], '--env chooses an environment', ''],
    [['check'], 'Say what to check', ''],
  ])('%j is one sentence and code 2', async (argv, words, suggestion) => {
    const { code, out, err } = await speak(argv, env);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(words);
    expect(err).toContain(suggestion);
  });

  it('without a command shows the help on stderr', async () => {
    const { code, out, err } = await speak([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: crosstalk');
  });
});

const valid = `version: 1
name: One caller
environment: { url: "ws://127.0.0.1:1/x" }
users:
  - kind: voice
    conversations: [{ name: quick, turns: [{ clip: voice.wav }] }]
load: { users: 1, duration: 1s }
`;

/** Half a second of a loud tone. */
function wav(): Buffer {
  const samples = Int16Array.from({ length: 8000 }, (_, i) => Math.round(8000 * Math.sin(i / 5)));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

describe('validate', () => {
  beforeAll(() => writeFileSync(join(folder, 'voice.wav'), wav()));

  it('lists every problem of every file with its place', async () => {
    const good = file('good.yaml', valid);
    const bad = file(
      'bad.yaml',
      valid.replace('name: One caller', 'name: One caller\ncolour: red').replace('1s', '1'),
    );
    const { code, out, err } = await speak(['validate', good, bad, join(folder, 'missing.yaml')], env);
    expect(code).toBe(2);
    expect(err).toContain(`${good} is valid`);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/bad\.yaml:3:1: .*colour/);
    expect(lines[1]).toMatch(/bad\.yaml:8:\d+: load\.duration/);
    expect(lines[2]).toContain('missing.yaml');
  });

  it('prints them as JSON and ends with 0 when there are none', async () => {
    const { code, out } = await speak(['validate', file('good.yaml', valid), '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([{ file: join(folder, 'good.yaml'), valid: true, problems: [] }]);
  });
});

describe('run, before anything starts', () => {
  it('names an invalid file with line and column', async () => {
    const { code, err } = await speak(['run', file('bad.yaml', 'version: 2\n')], env);
    expect(code).toBe(2);
    expect(err).toMatch(/bad\.yaml:1:\d+: version/);
  });

  it('names an output that cannot be written and leaves nothing behind', async () => {
    const scenario = file('good.yaml', valid);
    const summary = join(folder, 'summary.json');
    const before = readdirSync(folder);
    const { code, out, err } = await speak(
      ['run', scenario, '--summary', summary, '--turns', join(folder, 'no', 'turns.csv')],
      env,
    );
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--turns cannot be written to');
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each(['--csv', '--html', '--k6-summary', '--json-file', '--archive'])(
    '%s that cannot be written ends it at once',
    async (flag) => {
      const where = join(folder, 'nowhere', 'x');
      const { code, out, err } = await speak(['run', file('good.yaml', valid), flag, where], env);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`${flag} cannot be written to ${where}`);
      expect(err).toContain('its folder does not exist');
    },
  );

  it('refuses the same file for two outputs', async () => {
    const path = join(folder, 'same');
    const { code, err } = await speak(
      ['run', file('good.yaml', valid), '--summary', path, '--junit', path],
      env,
    );
    expect(code).toBe(2);
    expect(err).toContain('--summary and --junit would both write');
  });
});

describe('runs', () => {
  it('says how to make a run when there is none', async () => {
    expect(await speak(['runs', 'list'], env)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('No run is kept') as string,
    });
    expect(await speak(['runs', 'list', '--json'], env)).toMatchObject({ code: 0, out: '[]\n' });
    expect(await speak(['runs', 'show', 'latest'], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('No run is kept') as string,
    });
  });
});

describe('check', () => {
  it('explains a port nothing listens on, as text and as JSON', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = `ws://127.0.0.1:${port}/x?token=abc`;
    const text = await speak(['check', url], env);
    expect(text.code).toBe(99);
    expect(text.out).toMatch(/✓ URL/);
    expect(text.out).toMatch(/✕ TCP connection +\d.* ms +127\.0\.0\.1 \(ECONNREFUSED\)/);
    expect(text.out).toContain('Nothing listens on port');
    expect(text.out).not.toContain('abc');
    expect(text.out).toContain('127.0.0.1: ECONNREFUSED');
    expect(text.out).not.toContain('address: ws://');
    const verbose = await speak(['check', url, '--verbose'], env);
    expect(verbose.out).toContain('address: ws://127.0.0.1:' + `${port}/x?token=***`);
    const json = await speak(['check', url, '--json'], env);
    expect(json.code).toBe(99);
    const data = JSON.parse(json.out) as {
      passed: boolean;
      targets: { steps: { step: string; status: string }[] }[];
    };
    expect(data.passed).toBe(false);
    expect(data.targets[0]?.steps.map((step) => `${step.step} ${step.status}`)).toEqual(
      ['url ok', 'dns skipped', 'tcp failed', 'tls skipped', 'health skipped', 'upgrade skipped', 'session skipped', 'turn skipped', 'answer skipped', 'barge_in skipped'], // prettier-ignore
    );
  });
});

describe('a bug', () => {
  it('is one sentence that says where the detail is', async () => {
    const context = testCli(env);
    context.terminal.out = () => {
      throw new TypeError('nothing works');
    };
    const code = await runCli(['runs', 'list', '--json'], context);
    expect(code).toBe(1);
    expect(context.said.err).toMatch(
      /^Error: Something unexpected happened: nothing works \(the detail is in \S+\)\.\n$/,
    );
    const path = /detail is in (\S+)\)/.exec(context.said.err)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('TypeError: nothing works');
  });
});

describe('practice', () => {
  it('prints its addresses first and ends when it is asked to', async () => {
    const context = testCli(env);
    const ended = runCli(['practice'], context);
    await context.until(/takes calls/);
    expect(context.said.out).toMatch(
      /^ws:\/\/127\.0\.0\.1:(\d+)\/\S*\nhttp:\/\/127\.0\.0\.1:\1\ngrpc:\/\/127\.0\.0\.1:\d+\n$/,
    );
    context.interrupts.raise('SIGINT');
    expect(await ended).toBe(0);
  });

  it('names a wrong setting', async () => {
    const { code, out, err } = await speak(['practice', '--delay', 'soon'], env);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--delay');
  });
});

it('an address that is refused is not repeated with its secrets', async () => {
  const { code, err } = await speak(['run', 'x.yaml', '--url', 'http://u:PASSWORD@h/?api_key=SECRET']);
  expect(code).toBe(2);
  expect(err).toContain('must start with ws:// or wss://');
  expect(err).not.toMatch(/PASSWORD|SECRET/);
});
