import { expect, test } from 'vitest';
import { keptYaml } from './kept.ts';
import { parseScenarioText } from './source.ts';

function kept(text: string): string {
  const parsed = parseScenarioText('s.yaml', text);
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message);
  return keptYaml(parsed.source, false);
}

const head = 'version: 1\nname: x\nload: { users: 1, duration: 10s }\nusers:\n  - kind: http\n';

test('literal secrets of requests are masked wherever they stand; the rest is the operator’s text', () => {
  const masked = kept(`${head}    headers: { x-api-key: hunter2 } # ours
    variables: { password: hunter2, city: Oslo }
    data: [{ name: user, rows: [{ username: ada, password: hunter2 }] }]
    on_start:
      - post: /login?token=hunter2
        json: { username: ada, password: hunter2, nested: { credentials: { id: hunter2 } } }
        extract: { token: $.access_token }
    tasks:
      - name: a
        steps:
          - group: g
            steps:
              - post: /a
                headers: { Authorization: Bearer hunter2, Accept: text/plain }
                form: { pwd: hunter2, q: Esperanza }
              - { post: /b, body: '{"token": "hunter2", "q": "Esperanza"}' }
              - { post: /c, body: 'secret=hunter2&q=Esperanza' }
              - { post: /d, multipart: [{ name: api_key, value: hunter2 }] }
setup:
  - { kind: grpc, metadata: { authorization: hunter2 }, steps: [{ rpc: a.B/C, message: { api_key: hunter2 } }] }
`);
  expect(masked).not.toContain('hunter2');
  expect(masked).toContain('# ours');
  expect(masked).toContain('city: Oslo');
  expect(masked).toContain('username: ada');
  expect(masked).toContain('token: $.access_token');
  expect(masked.match(/Esperanza/g)).toHaveLength(3);
});

test('what is filled in stands as it is written, and a file without secrets is left alone', () => {
  const text = `${head}    headers: { authorization: 'Bearer \${token}' }\n    steps: [{ post: /a, json: { password: '\${secret:PW}' }, extract: { token: $.t } }]\n`;
  expect(kept(text)).toBe(text);
});

test('an alias into what is masked leaves it masked', () => {
  const masked = kept(
    `${head}    headers: &own { cookie: hunter2 }\n    steps: [{ get: /a, headers: *own }]\n`,
  );
  expect(masked).not.toContain('hunter2');
  expect(masked).toContain('get: /a');
});
