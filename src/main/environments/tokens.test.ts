import { describe, expect, it } from 'vitest';
import { InlineEnvironment } from '#contract/scenario/environment';
import { aimAt } from './aim.ts';
import { tokenUntil } from './testing.ts';

const now = Date.now();
const minutes = (n: number) => new Date(now + n * 60_000);

function aim(environment: object, env: Record<string, string>) {
  const parsed = InlineEnvironment.parse(environment);
  return aimAt(parsed, { label: 'staging', folder: '/', sources: { env, secrets: null } });
}

const env = {
  OLD: tokenUntil(minutes(-90)),
  SOON: tokenUntil(minutes(10)),
  LATER: tokenUntil(minutes(300)),
  OPAQUE: 'eyJub3QgYSB0b2tlbg',
};
const everywhere = {
  targets: {
    default: { url: 'wss://a.test/?t=${secret:SOON}', auth: { type: 'bearer', token: '${secret:OLD}' } },
    api: {
      url: 'wss://b.test/',
      headers: { 'x-ticket': 'Ticket ${secret:LATER}', 'x-other': '${secret:OPAQUE}' },
      auth: { type: 'query', name: 'code', value: '${secret:SOON}' },
      tls: { verify: false },
    },
  },
};

describe('tokens', () => {
  it('are found where they are sent, with when they end', async () => {
    const found = await aim(everywhere, env).tokens();
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value.map(({ where, expired }) => [where, expired])).toEqual([
      ['target default, auth', true],
      ['parameter t of target default', false],
      ['target api, auth', false],
      ['header x-ticket of target api', false],
    ]);
    expect(Date.parse(found.value[1]?.expiresAt ?? '')).toBe(Math.floor((now + 600_000) / 1000) * 1000);
    for (const secret of Object.values(env)) expect(JSON.stringify(found)).not.toContain(secret);
  });

  it('that end before the run does are announced, as is a certificate that nobody verifies', async () => {
    const said = await aim(everywhere, env).warnings(minutes(30).getTime());
    expect(said).toEqual([
      'The certificate of target api is not verified (tls.verify is false): whoever answers there is believed.',
      expect.stringMatching(
        /^The token of target default, auth expired 90 minutes ago \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\): expect calls to be refused/,
      ),
      expect.stringMatching(
        /^The token of parameter t of target default expires at .* UTC, 20 minutes before the planned end of the run/,
      ),
      expect.stringMatching(/^The token of target api, auth expires at /),
    ]);
    for (const secret of Object.values(env)) expect(said.join('\n')).not.toContain(secret);
    expect(await aim(everywhere, env).warnings(minutes(5).getTime())).toHaveLength(2);
  });

  it('that cannot be filled in are left to the start of the run', async () => {
    expect(await aim({ url: 'wss://a.test/', headers: { a: '${env:NOWHERE}' } }, {}).warnings(now)).toEqual(
      [],
    );
  });
});
