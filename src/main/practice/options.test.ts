import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { PracticeConfig } from '#contract/practice';
import { parseDelay } from './delayText.ts';
import { addPracticeOptions, practiceArgumentsFrom, type PracticeArguments } from './options.ts';
import type { Result } from '#contract/errors';

const folder = mkdtempSync(join(tmpdir(), 'practice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function parse(...args: string[]): Promise<Result<PracticeArguments>> {
  const command = addPracticeOptions(new Command()).exitOverride();
  command.parse(args, { from: 'user' });
  return practiceArgumentsFrom(command.opts());
}

async function message(...args: string[]): Promise<string> {
  const result = await parse(...args);
  return result.ok ? 'accepted' : result.error.message;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('delays as text', () => {
  test.each([
    ['600ms', { kind: 'fixed', value: '600ms' }],
    ['fixed 1.5s', { kind: 'fixed', value: '1.5s' }],
    ['0', { kind: 'fixed', value: '0ms' }],
    ['uniform 200ms 900ms', { kind: 'uniform', min: '200ms', max: '900ms' }],
    ['lognormal 750ms', { kind: 'lognormal', median: '750ms' }],
    ['lognormal 750ms 0.25', { kind: 'lognormal', median: '750ms', sigma: 0.25 }],
    ['lognormal 750ms 0.25 max 3s', { kind: 'lognormal', median: '750ms', sigma: 0.25, max: '3s' }],
    ['lognormal 750ms 0.25 3s', { kind: 'lognormal', median: '750ms', sigma: 0.25, max: '3s' }],
  ])('%s', (text, delay) => {
    expect(parseDelay(text)).toEqual({ ok: true, value: delay });
  });

  test.each([
    '',
    '600',
    'fixed',
    'fixed 600',
    'uniform 200ms',
    'uniform 9s 2s',
    'lognormal',
    'lognormal 1s x',
    'lognormal 1s 0.2 max',
    'lognormal 1s 0.2 1s 1s',
    'normal 1s',
  ])('not %j', (text) => {
    expect(parseDelay(text).ok).toBe(false);
  });
});

describe('options of the practice agent', () => {
  test('nothing given is all defaults', async () => {
    expect(await parse()).toEqual({ ok: true, value: { config: {}, port: 0, logFile: null, sink: false } });
  });

  test('every setting has a flag', () => {
    const help = addPracticeOptions(new Command()).helpInformation();
    for (const key of Object.keys(PracticeConfig.shape)) {
      if (key === 'services') continue;
      expect(help).toContain(key === 'faults' ? '--fault ' : `--${key.replaceAll('_', '-')}`);
    }
    const services = PracticeConfig.shape.services.unwrap().shape;
    for (const key of Object.keys(services)) {
      expect(help).toContain(key === 'faults' ? '--service-fault ' : `--${key.replaceAll('_', '-')}`);
    }
    for (const key of ['error', 'slow', 'reset', 'garbage', 'stall', 'capacity']) expect(help).toContain(key);
    for (const key of Object.keys(PracticeConfig.shape.faults.unwrap().shape)) {
      if (!['refuse_status', 'drop_code', 'slow_by'].includes(key)) expect(help).toContain(key);
    }
  });

  test('flags become settings', async () => {
    const result = await parse(
      ...[
        '--port',
        '8010',
        '--log',
        't.jsonl',
        '--sink',
        '--seed',
        '7',
        '--dialect',
        'main',
        '--delay',
        'fixed 600ms',
      ],
      ...[
        '--stop-delay',
        '200ms',
        '--pace',
        'paced',
        '--continuous',
        '--no-greeting',
        '--no-idle-stops',
        '--tools',
        '30%',
      ],
      ...[
        '--speech-level',
        '-40dBFS',
        '--audio-after-stop',
        '300ms',
        '--fault',
        'refuse=10%,status=429',
        '--fault',
        'drop=0.5,code=1011,capacity=50',
      ],
    );
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value).toMatchObject({ port: 8010, logFile: 't.jsonl', sink: true });
    expect(result.value.config).toEqual({
      seed: 7,
      dialect: 'main',
      speech_level: '-40dBFS',
      delay: { kind: 'fixed', value: '600ms' },
      stop_delay: { kind: 'fixed', value: '200ms' },
      pace: 'paced',
      continuous: true,
      greeting: false,
      idle_stops: false,
      tools: 0.3,
      audio_after_stop: '300ms',
      faults: { refuse: 0.1, refuse_status: 429, drop: 0.5, drop_code: 1011, capacity: 50 },
    });
  });

  test('flags become settings of the services', async () => {
    const result = await parse(
      ...['--profile', 'live', '--cache-ttl', '5m', '--cold', '750ms', '--stampede', '--hash-cost', '0ms'],
      ...['--first-token', 'uniform 1s 2s', '--tokens', '10', '--speech-speed', '0'],
      ...[
        '--service-fault',
        'error=5%,status=429,slow=0.1,by=2s',
        '--service-fault',
        'stall=1s,every=10s,reset',
      ],
    );
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.config).toEqual({
      services: {
        profile: 'live',
        cache_ttl: '5m',
        cold: { kind: 'fixed', value: '750ms' },
        stampede: true,
        hash_cost: '0ms',
        first_token: { kind: 'uniform', min: '1s', max: '2s' },
        tokens: 10,
        speech_speed: 0,
        faults: {
          error: 0.05,
          error_status: 429,
          slow: 0.1,
          slow_by: '2s',
          stall_for: '1s',
          stall_every: '10s',
          reset: 1,
        },
      },
    });
    expect(await message('--service-fault', 'refuse')).toContain(
      '--service-fault refuse: unknown fault; there are error, slow,',
    );
    expect(await message('--service-fault', 'error=1,status=418')).toContain('services.faults.error_status');
  });

  test('settings of the services from a file, with flags over them', async () => {
    const path = file(
      'services.yaml',
      'services:\n  profile: live\n  warm: uniform 1ms 2ms\n  faults: { error: 0.1, slow: 0.2 }\n',
    );
    const result = await parse('--scenario', path, '--profile', 'mock', '--service-fault', 'error=0');
    expect(result.ok && result.value.config).toEqual({
      services: {
        profile: 'mock',
        warm: { kind: 'uniform', min: '1ms', max: '2ms' },
        faults: { error: 0, slow: 0.2 },
      },
    });
    const wrong = file('wrong.yaml', 'seed: 1\nservices:\n  cold: soon\n');
    expect(await message('--scenario', wrong)).toContain(`${wrong}:3: services.cold: "soon" is not a delay`);
  });

  test('a file, with flags over it', async () => {
    const path = file(
      'practice.yaml',
      'delay: uniform 200ms 900ms\ngreeting: false\nfaults: { slow: 0.2, slow_by: 2s }\n',
    );
    const result = await parse('--scenario', path, '--greeting', '--fault', 'garbage');
    expect(result).toMatchObject({
      ok: true,
      value: {
        config: {
          delay: { kind: 'uniform', min: '200ms', max: '900ms' },
          greeting: true,
          faults: { slow: 0.2, slow_by: '2s', garbage: 1 },
        },
      },
    });
    expect(await parse('--scenario', file('empty.yaml', ''))).toMatchObject({
      ok: true,
      value: { config: {} },
    });
  });

  test('what is wrong is named with what is allowed', async () => {
    expect(await message('--delay', 'slowly')).toContain(
      '--delay: "slowly" is not a delay; write "fixed 600ms"',
    );
    expect(await message('--seed', 'x')).toContain('--seed: "x" is not a number');
    expect(await message('--tools', '3')).toContain('--tools: "3" is not a share');
    expect(await message('--fault', 'explode=1')).toContain(
      '--fault explode=1: unknown fault; there are refuse,',
    );
    expect(await message('--fault', 'refuse=1,status=418')).toContain('refuse_status');
    expect(await message('--dialect', 'klingon')).toContain('dialect');
    expect(await message('--endpointing', '500')).toContain('"500" is not a duration');
    expect(await message('--port', '70000')).toContain('--port 70000 is not a port');
    expect(await message('--scenario', join(folder, 'missing.yaml'))).toContain(
      'missing.yaml cannot be read',
    );
  });

  test('what is wrong in a file is named with its line', async () => {
    const unknown = file('unknown.yaml', 'seed: 1\ngreting: true\n');
    expect(await message('--scenario', unknown)).toContain(`${unknown}:2: greting`);
    const nested = file('nested.yaml', 'seed: 1\nfaults:\n  drop: 0.1\n  refuse: 7\n');
    expect(await message('--scenario', nested)).toContain(`${nested}:4: faults.refuse`);
    const delay = file('delay.yaml', '\n\ndelay: soon\n');
    expect(await message('--scenario', delay)).toContain(`${delay}:3: delay: "soon" is not a delay`);
    const broken = file('broken.yaml', 'seed: 1\nfaults: {\n');
    expect(await message('--scenario', broken)).toMatch(/broken\.yaml:\d: not valid YAML/);
    expect(await message('--scenario', file('list.yaml', '- 1\n'))).toContain(
      'list.yaml:1: settings are expected',
    );
  });
});
