import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { scheduleTexts, type ScheduledRun, type TextOptions } from './texts.ts';

const options = {
  home: undefined,
  log: '/home/me/.local/share/crosstalk/scheduled.log',
  now: new Date('2026-11-20T12:00:00Z'),
  timezone: 'Europe/Berlin',
  program: { node: '/opt/node/bin/node', launcher: '/opt/crosstalk/bin/crosstalk.mjs' },
};

function texts(run: Partial<ScheduledRun>, more: Partial<TextOptions> = {}) {
  const whole: ScheduledRun = { scenario: '/w/night.yaml', every: 'day', days: [], time: '06:30', ...run };
  const made = scheduleTexts(whole, { ...options, ...more });
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

const cronIn = (actions: string) =>
  z.object({ on: z.object({ schedule: z.array(z.object({ cron: z.string() })) }) }).parse(parse(actions)).on
    .schedule[0]?.cron;

it('a crontab line has absolute paths, what is needed quoted, and percent signs escaped', () => {
  expect(texts({}).crontab).toBe(
    '30 6 * * * /opt/node/bin/node /opt/crosstalk/bin/crosstalk.mjs run /w/night.yaml --tag scheduled --quiet >> /home/me/.local/share/crosstalk/scheduled.log 2>&1',
  );
  const { crontab } = texts(
    {
      scenario: "/w/it's 100%.yaml",
      environment: 'live eu',
      confirm: 'live eu',
      every: 'week',
      days: ['mon', 'fri'],
    },
    { home: '/data/cross talk' },
  );
  expect(crontab).toContain("30 6 * * 1,5 CROSSTALK_HOME='/data/cross talk' /opt/node/bin/node");
  expect(crontab).toContain(
    "run '/w/it'\\''s 100\\%.yaml' --env 'live eu' --confirm 'live eu' --tag scheduled",
  );
});

it('the workflow has the time in UTC, on the day it is there, and says so', () => {
  const { actions } = texts({ every: 'week', days: ['mon'], time: '00:30' });
  expect(cronIn(actions)).toBe('30 23 * * 0');
  expect(actions).toContain('00:30 in Europe/Berlin is 23:30 UTC');
  expect(actions).toContain('does not follow summer time');
  const plain = texts({}, { timezone: 'UTC' });
  expect(cronIn(plain.actions)).toBe('30 6 * * *');
  expect(plain.actions).not.toContain('summer time');
});

it('a path with a line break is refused', () => {
  const run: ScheduledRun = { scenario: '/w/a\nb.yaml', every: 'day', days: [], time: '06:30' };
  const made = scheduleTexts(run, options);
  expect(made.ok ? '' : made.error.code).toBe('line_break');
});
