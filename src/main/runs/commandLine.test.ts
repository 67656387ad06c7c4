import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commandLineOf, shellWord } from './commandLine.ts';

it('says everything that was asked for', () => {
  expect(
    commandLineOf({
      scenario: '/home/me/my calls.yaml',
      environment: 'staging',
      users: 5,
      spawnRate: 0.5,
      durationMs: 90_000,
      seed: 7,
      workers: 2,
      record: 0.125,
      force: ['guard', 'limits'],
      confirm: 'staging',
      name: "It's mine",
      tags: ['a b'],
      keep: false,
      ignoreEnv: true,
    }),
  ).toBe(
    "crosstalk run '/home/me/my calls.yaml' --env staging --users 5 --spawn-rate 0.5 --duration 1m30s --seed 7 --workers 2 " +
      "--record 12.5% --ignore-env --force guard --force limits --confirm staging --name 'It'\\''s mine' --tag 'a b' --no-history",
  );
  expect(commandLineOf({ scenario: 'a.yaml', once: true, record: 1 })).toBe('crosstalk run a.yaml --once');
});

it('holds no secret', () => {
  const line = commandLineOf({
    scenario: 'a.yaml',
    urls: { default: 'wss://me:hunter1@a.test/?key=hunter2&x=1', chat: 'ws://b.test' },
    set: [
      'users[0].turns_per_call=2',
      'environment={ url: "wss://a.test/?sig=hunter3", auth: { type: header, name: x-any, value: hunter4 } }',
      'environment.headers.x-key=hunter5',
      'environment.tls.passphrase="hunter6"',
      'environment.headers={ broken: [hunter7',
      'environment.headers.x-later=${secret:LATER}',
    ],
  });
  expect(line).not.toContain('hunter');
  expect(line).toContain("--url 'wss://***@a.test/?key=***&x=1' --url chat=ws://b.test");
  expect(line).toContain("--set 'users[0].turns_per_call=2'");
  expect(line).toContain("--set 'environment.headers.x-later=${secret:LATER}'");
});

it.skipIf(process.platform === 'win32')('is read back by a shell as it was meant', () => {
  for (const word of ["it's", 'a b', '$HOME `id` "x" \\ !', 'plain-1.yaml', '*', '', 'ü;&|'])
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
});
