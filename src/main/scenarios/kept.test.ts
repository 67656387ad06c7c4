import { describe, expect, it } from 'vitest';
import { keptEnvironmentYaml } from './kept.ts';
import { parseYamlText } from './source.ts';

function kept(text: string): string {
  const parsed = parseYamlText('environments/staging.yaml', text);
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message);
  return keptEnvironmentYaml(parsed.source);
}

describe('the environment that is kept with a run', () => {
  it('is the text as it was where nothing in it is secret', () => {
    const text = 'version: 1 # ours\nname:   staging\nauth: { type: bearer, token: "${secret:TOKEN}" }\n';
    expect(kept(text)).toBe(text);
  });

  it('has secrets masked where they stand, in lists too, and its comments', () => {
    const text = [
      'version: 1',
      '# Ask Ada for the token.',
      'targets:',
      '  default:',
      '    url: wss://agent.test/call?token=abc123 # the new cluster',
      '    headers: { X-Api-Key: abc123, X-Team: voice }',
      'resources:',
      '  prometheus:',
      '    - url: http://127.0.0.1:9090/metrics',
      '      headers: { Authorization: Bearer abc123 }',
      '',
    ].join('\n');
    const masked = kept(text);
    expect(masked).not.toContain('abc123');
    expect(masked).toContain('# Ask Ada for the token.');
    expect(masked).toContain('# the new cluster');
    expect(masked).toContain('X-Team: voice');
    expect(masked).toContain('http://127.0.0.1:9090/metrics');
  });

  it('is readable although a secret stands behind an alias', () => {
    const text =
      'version: 1\ntargets:\n  a: { headers: &own { Cookie: abc123 } }\n  b: { headers: *own, url: wss://b.test/ }\n';
    const masked = kept(text);
    expect(masked).not.toContain('abc123');
    expect(masked).toContain('wss://b.test/');
  });
});
