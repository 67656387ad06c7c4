import { describe, expect, test } from 'vitest';
import { fixture, imported, refusal } from '../testing.ts';
import { spanMs } from './apply.ts';

const load = (text: string) => imported(text, 'locust').file.load;

describe('a command line', () => {
  test('gives the load and the address; everything else is noted', () => {
    const { kind, file, noted, yaml, notes } = imported(fixture('run-load-test.sh'));
    expect(kind).toBe('locust');
    expect(file.load).toMatchObject({ users: 100, spawn_rate: 10, duration: 300_000, graceful_stop: 60_000 });
    expect(file.environment).toMatchObject({ targets: { default: { url: 'wss://voice.contoso.example' } } });
    expect(noted('changed')[0]).toContain('It is wss here');
    expect(noted('changed')[0]).toContain('It has no path');
    expect(notes.filter(({ level }) => level === 'left_out').map(({ from }) => from)).toEqual([
      '-f tests/load/locustfile.py',
      '--headless',
      '--csv locust_report',
      '--html report.html',
      '--only-summary',
      '--tags barge slow',
      '--loglevel INFO',
      '--agent-key',
    ]);
    expect(yaml + JSON.stringify(notes)).not.toContain('5up3rs3cr3t');
  });

  test('of a master is taken, those of its workers are not', () => {
    const { file, noted } = imported(fixture('distributed.sh'));
    expect(file.load).toMatchObject({ users: 400, spawn_rate: 20, duration: 5_400_000 });
    expect(file.warm_up).toBe(20_000);
    expect(file.environment).toMatchObject({
      targets: { default: { url: 'wss://voice.contoso.example/api/v1/media/stream' } },
    });
    const leftOut = noted('left_out').join('\n');
    for (const flag of ['--master', '--expect-workers 4', 'LOCUST_CSV=out', '2 other locust commands'])
      expect(leftOut).toContain(`${flag}: `);
  });

  test.each([
    ['locust -u100 -r2.5 -t90', { users: 100, spawn_rate: 2.5, duration: 90_000 }],
    [
      'locust --users=100 --spawn-rate=10 --run-time 1h30m',
      { users: 100, spawn_rate: 10, duration: 5_400_000 },
    ],
    ['python3 -m locust -c 5 --hatch-rate 1 -t 20s --no-web', { users: 5, spawn_rate: 1, duration: 20_000 }],
    ['LOCUST_USERS=7 LOCUST_RUN_TIME=60 locust -u 8', { users: 8, spawn_rate: 1, duration: 60_000 }],
    ['export LOCUST_USERS=7\nuv run locust -r 2', { users: 7, spawn_rate: 2, duration: 300_000 }],
    ['docker run -e LOCUST_USERS=9 locustio/locust:2.31 -f /mnt/l.py -t 2m', { users: 9, duration: 120_000 }],
    ['locust `\n  -u 3 `\n  -r 1 -t 1m', { users: 3, duration: 60_000 }],
    ['cd load && locust -u "4" -t \'3m\' 2>&1 | tee log', { users: 4, duration: 180_000 }],
    ['-u 6 -r 2 --run-time 5m', { users: 6, spawn_rate: 2, duration: 300_000 }],
    ['pip install locust; locust -u 2 -t 1m', { users: 2, duration: 60_000 }],
    ['locust -u 1 -u 2 -t 1m', { users: 2 }],
  ])('%s', (text, expected) => {
    expect(load(text)).toMatchObject(expected);
  });

  test('what it leaves to Locust’s defaults is said', () => {
    const { noted } = imported('locust -r 2', 'locust');
    expect(noted('changed').map((note) => note.split(':')[0])).toEqual(['no number of users', 'no run time']);
  });

  test('a number that is none is left out with what it must be', () => {
    const { file, noted } = imported('locust -u many -t 5m --host nowhere');
    expect(file.load).toMatchObject({ users: 1, duration: 300_000 });
    expect(noted('left_out')).toContain('-u many: It must be a number of users, like 100.');
    expect(noted('left_out').join()).toContain('--host: It is not an address');
  });

  test('a load that no machine carries is left out, and the baseline stands in', () => {
    const { file, noted } = imported('locust -u 9000000 -t 1h');
    expect(file.load).toMatchObject({ users: 10 });
    expect(noted('left_out')[0]).toContain('must be at most 100000');
  });

  test('passwords of its own screen are not shown', () => {
    const { yaml, notes } = imported('locust -u 1 --web-auth admin:hunter2 --host https://u:hunter2@h/x');
    expect(yaml + JSON.stringify(notes)).not.toContain('hunter2');
  });

  test('variables of the voice tool before it are taken as well', () => {
    const { file } = imported('WS_URL=ws://127.0.0.1:8010/x TURNS_PER_USER=2 locust -u 5 -t 1m');
    expect(file).toMatchObject({ users: [{ turns_per_call: 2 }], load: { users: 5 } });
  });

  test('the tool’s own Makefile', () => {
    const { file, noted } = imported(fixture('make.sh'));
    expect(file.load).toMatchObject({ users: 50, spawn_rate: 10, duration: 600_000, graceful_stop: 60_000 });
    expect(noted('changed').join()).toContain('run_load_test');
  });
});

describe('a locust.conf', () => {
  test('is read like the options it stands for', () => {
    const { kind, file, notes } = imported(fixture('locust.conf'));
    expect(kind).toBe('locust');
    expect(file.load).toMatchObject({ users: 100, spawn_rate: 10, duration: 600_000 });
    expect(notes.some(({ from }) => from === 'master')).toBe(false);
  });

  test('as the section of a pyproject.toml', () => {
    expect(load('[tool.locust]\nusers = 3\nrun-time = "2m"\n')).toMatchObject({
      users: 3,
      duration: 120_000,
    });
  });
});

test.each([
  ['90', 90_000],
  ['300s', 300_000],
  ['20m', 1_200_000],
  ['3h30m10s', 12_610_000],
  ['', null],
  ['1d', null],
  ['10s5m', null],
  ['abc', null],
])('a span of %j', (text, ms) => {
  expect(spanMs(text)).toBe(ms);
});

test('a locustfile itself is not read, and what to paste is said', () => {
  const said = refusal('from locust import HttpUser, task\nclass A(HttpUser):\n  pass\n', 'locust');
  expect(said).toMatchObject({ code: 'nothing_to_import' });
  expect(said.message).toContain('Paste the command line');
  expect(refusal('nothing of the kind', 'locust').code).toBe('nothing_to_import');
});
