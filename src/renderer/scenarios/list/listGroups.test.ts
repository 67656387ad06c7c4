import { expect, it } from 'vitest';
import type { ScenarioEntry } from '#contract/api/scenarios';
import { groupScenarios } from './listGroups.ts';

function entry(name: string, more: Partial<ScenarioEntry> = {}): ScenarioEntry {
  return {
    path: `/w/${name}.yaml`,
    name,
    environment: 'practice',
    bundled: false,
    users: 1,
    durationMs: 1000,
    executors: ['short'],
    conversations: [],
    thresholds: 0,
    modifiedAt: null,
    problems: [],
    ...more,
  };
}

const names = (groups: ReturnType<typeof groupScenarios>) =>
  groups.map(({ title, entries }) => [title, ...entries.map((one) => one.name)]);

it('puts own scenarios before bundled ones and finds them by every word', () => {
  const entries = [
    entry('Smoke', { bundled: true }),
    entry('Peak'),
    entry('Night peak', { environment: 'staging' }),
  ];
  expect(names(groupScenarios(entries, [], ''))).toEqual([
    ['Workspace', 'Peak', 'Night peak'],
    ['Bundled', 'Smoke'],
  ]);
  expect(names(groupScenarios(entries, [], 'PEAK stag'))).toEqual([['Workspace', 'Night peak']]);
  expect(groupScenarios(entries, [], 'none')).toEqual([]);
});

it('lists the last opened ones first where there are many', () => {
  const many = Array.from({ length: 20 }, (_, i) => entry(`s${i}`));
  const [recent] = groupScenarios(many, ['/w/s7.yaml', '/gone.yaml', '/w/s3.yaml'], '');
  expect(recent?.entries.map(({ name }) => name)).toEqual(['s7', 's3']);
  expect(groupScenarios(many.slice(0, 5), ['/w/s3.yaml'], '').map(({ title }) => title)).toEqual([
    'Workspace',
  ]);
});
