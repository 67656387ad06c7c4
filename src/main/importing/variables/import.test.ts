import { describe, expect, test } from 'vitest';
import { fixture, imported, refusal } from '../testing.ts';
import { readVariables } from './read.ts';
import { voiceUsersOf } from '#contract/scenario/users';

const values = (text: string) =>
  Object.fromEntries(readVariables(text).variables.map(({ name, value }) => [name, value]));

describe('variables are read as', () => {
  test.each([
    ['A=b', { A: 'b' }],
    ['A=b # why', { A: 'b' }],
    ['A="b # c"', { A: 'b # c' }],
    ["A='it is'", { A: 'it is' }],
    ['A="two\nlines"\nB=1', { A: 'two\nlines', B: '1' }],
    ['A="a\\nb \\"c\\" \\d"', { A: 'a\nb "c" \\d' }],
    ['  export A=1 B=2 ; export C=3', { A: '1', B: '2', C: '3' }],
    ['A=hello world', { A: 'hello world' }],
    ['A=1 B=2', { A: '1', B: '2' }],
    ['A=\nB=', { A: '', B: '' }],
    ['set A=1\r\nset B=2\r\n', { A: '1', B: '2' }],
    ['$env:A="b"; $Env:C = \'d\'', { A: 'b', C: 'd' }],
    ['- A=1\n- "B=2 3"\nC: 4', { A: '1', B: '2 3', C: '4' }],
    ['{\n  "A": "1",\n  "B": 2\n}', { A: '1', B: '2' }],
    ['- name: A\n  value: "1"\n- name: B\n  value: 2', { A: '1', B: '2' }],
    [
      'docker run -e A=1 -e "B=2 3" --env C=4 --env=D=5 -eE=6 image',
      { A: '1', B: '2 3', C: '4', D: '5', E: '6' },
    ],
    ['A=1\nA=2', { A: '2' }],
    ['H=host\nU=ws://${H}:${P:-80}/$H/${X}', { H: 'host', U: 'ws://host:80/host/${X}' }],
    ['\uFEFFA=1', { A: '1' }],
    ['```sh\n$ export A=1\n```', { A: '1' }],
  ])('%j', (text, expected) => {
    expect(values(text)).toEqual(expected);
    expect(readVariables(text).unread).toEqual([]);
  });

  test('a line that is none is told by its number, not by what it says', () => {
    expect(readVariables('A=1\nhunter2 is it\n\nB=2\n???').unread).toEqual([2, 5]);
  });

  test('values that name each other do not grow without end', () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `A${i + 1}=$A${i}$A${i}`);
    const longest = Math.max(
      ...Object.values(values(['A0=xx', ...doubling].join('\n'))).map((v) => v.length),
    );
    expect(longest).toBeLessThan(50_000);
  });
});

describe('the settings of a voice load test', () => {
  test('go where they belong', () => {
    const { kind, file, noted, yaml } = imported(fixture('voice.env'));
    expect(kind).toBe('env');
    expect(file.environment).toMatchObject({
      targets: {
        default: { url: 'wss://voice.contoso.example/api/v1/media/stream?api-key=${secret:API_KEY}' },
      },
    });
    expect(file.audio).toMatchObject({ chunk: 20, max_chunks: 100 });
    expect(voiceUsersOf(file)[0]).toMatchObject({
      turns_per_call: 3,
      pause_between_turns: 1500,
      timeouts: { first_byte: 5000, turn: 15_000, quiet_gap: 400 },
      benign_close_codes: [1000, 1001, 1006],
      markers: { end: ['final', 'end', 'completed', 'stopped', 'barge'] },
    });
    expect(file.load).toMatchObject({ users: 50, spawn_rate: 5, duration: 900_000 });
    expect(noted('taken')).toHaveLength(11);
    expect(noted('changed')).toEqual([
      'WS_URL=wss://voice.contoso.example/api/v1/media/stream?api-key=***: A secret in it became ${secret:API_KEY}: keep its value under Environments, Secrets.',
    ]);
    const leftOut = noted('left_out').join('\n');
    for (const name of ['AZURE_SPEECH_KEY', 'AZURE_SPEECH_REGION', 'DATABASE_URL', 'PRIVATE_KEY'])
      expect(leftOut).toContain(`${name}: Crosstalk knows no variable of this name.`);
    expect(leftOut).toContain('PCM_DIR=tests/load/audio_cache: It is relative');
    const everything = yaml + JSON.stringify(noted('taken')) + leftOut;
    for (const secret of ['s3cr3t-key-0815', '0123456789abcdef', 'hunter2', 'MIIBVg'])
      expect(everything).not.toContain(secret);
  });

  test('are found in shell scripts, docker commands, PowerShell and compose files', () => {
    const shell = imported(fixture('exports.sh'));
    expect(shell.file.environment).toMatchObject({
      targets: { default: { url: 'wss://voice-staging.contoso.example/api/v1/media/stream' } },
    });
    expect(shell.noted('left_out')).toEqual([]);
    const docker = imported(fixture('docker-run.sh'));
    expect(docker.file).toMatchObject({ audio: { chunk: 40 }, users: [{ turns_per_call: 2 }] });
    expect(docker.yaml).not.toContain('eyJ');
    expect(imported(fixture('settings.ps1')).file.users[0]).toMatchObject({
      turns_per_call: 4,
      timeouts: { quiet_gap: 300 },
    });
    expect(imported(fixture('compose.yaml')).noted('left_out')).toEqual([
      'CHUNK_MS=15: It does not fit a scenario: audio.chunk must be a multiple of 10ms from 10ms to 200ms.',
    ]);
  });

  test('a value that is wrong is left out by itself, with why', () => {
    const { file, noted } = imported('TURNS_PER_USER=many\nCHUNK_MS=30\nBYTES_PER_SAMPLE=4\nWS_URL=');
    expect(file.audio.chunk).toBe(30);
    expect(noted('left_out')).toEqual([
      'TURNS_PER_USER=many: The environment variable TURNS_PER_USER is "many"; it must be a whole number of at least 1.',
      'BYTES_PER_SAMPLE=4: The environment variable BYTES_PER_SAMPLE is "4"; it must be 2.',
      'WS_URL=: It is empty, which counts as not set.',
    ]);
  });

  test('a single turn a call leaves no interruption without a next utterance', () => {
    const { file } = imported('TURNS_PER_USER=1');
    expect(voiceUsersOf(file)[0]?.conversations[1]?.turns?.[0]?.barge_in).toBeUndefined();
  });

  test('a folder of clips by its whole path replaces the conversations', () => {
    const { file } = imported('PCM_DIR=/srv/calls');
    expect(voiceUsersOf(file)[0]?.conversations).toMatchObject([{ name: 'calls', clips: '/srv/calls' }]);
  });

  test('a slip of the pen is guessed', () => {
    expect(imported('TURNS_PER_USR=3', 'env').noted('left_out')[0]).toContain('was TURNS_PER_USER meant?');
  });
});

describe('an address', () => {
  const aimed = (url: string) => {
    const { file, noted, yaml, notes } = imported(`WS_URL='${url}'`);
    const target = typeof file.environment === 'string' ? null : file.environment.targets.default;
    return { url: target?.url, auth: target?.auth, noted, all: yaml + JSON.stringify(notes) };
  };

  test('with a user and a password has them as auth, the password as a secret', () => {
    const { url, auth, all } = aimed('wss://al%20ice:pa55word@host/x?sig=abc&mode=fast');
    expect(url).toBe('wss://host/x?sig=${secret:SIG}&mode=fast');
    expect(auth).toEqual({ type: 'basic', user: 'al ice', password: '${secret:AGENT_PASSWORD}' });
    expect(all).not.toMatch(/pa55word|abc/);
  });

  test('with a token alone before the @ keeps it secret too', () => {
    const { auth, all } = aimed('wss://t0ken@host/x');
    expect(auth).toEqual({ type: 'basic', user: '${secret:AGENT_USER}', password: '' });
    expect(all).not.toContain('t0ken');
  });

  test('of HTTP becomes one of a WebSocket', () => {
    expect(aimed('http://127.0.0.1:8010/x').url).toBe('ws://127.0.0.1:8010/x');
    expect(aimed('https://h/x').url).toBe('wss://h/x');
  });

  test('with placeholders of a shell or a workflow has those of a scenario', () => {
    expect(aimed('wss://${HOST}/x?api_key=$API_KEY').url).toBe(
      'wss://${env:HOST}/x?api_key=${secret:API_KEY}',
    );
    expect(aimed('${{ secrets.STAGING_WS_URL }}').url).toBe('${secret:STAGING_WS_URL}');
    expect(aimed('${{ vars.URL }}').url).toBe('${env:URL}');
  });

  test.each([
    'host/x?token=hunter2',
    'alice:hunter2@host',
    'wss://u:hunter2/x@host',
    'ftp://u:hunter2@host/',
    'wss://host/#hunter2=1',
  ])('%s is none, and is not shown', (url) => {
    const { all, noted } = aimed(url);
    expect(noted('left_out')).toHaveLength(1);
    if (!url.includes('#')) expect(all).not.toContain('hunter2');
    expect(all).toContain('environment: practice');
  });
});

test('a text without variables says so', () => {
  expect(refusal('hello there', 'env')).toMatchObject({ code: 'nothing_to_import' });
});
