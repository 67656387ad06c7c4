import { describe, expect, it } from 'vitest';
import { metricNames } from '#contract/metrics';
import { hasSteps, metricGroupsFor, subjectsOf } from './metricGroups.ts';

const scenario = (...kinds: string[]) => ({ users: kinds.map((kind) => ({ kind })) });

describe('the metrics that are offered', () => {
  it('are all of them, each once, whoever is in the scenario', () => {
    for (const kinds of [['voice'], ['http'], ['voice', 'grpc']]) {
      const offered = metricGroupsFor(subjectsOf(scenario(...kinds))).flatMap(({ metrics }) => metrics);
      expect(offered.toSorted(), kinds.join()).toEqual([...metricNames].sort());
    }
  });

  it('begin with what the users of the scenario have', () => {
    expect(metricGroupsFor(subjectsOf(scenario('http')))[0]?.metrics).toContain('request');
    expect(metricGroupsFor(subjectsOf(scenario('voice')))[0]?.metrics).toContain('ttfa');
    expect(metricGroupsFor(subjectsOf(scenario('http'))).at(-1)?.name).toMatch(/does not make/);
    expect(metricGroupsFor(subjectsOf(scenario('http'))).at(-1)?.metrics).toContain('ttfa');
  });

  it('speak of callers where no users entry says anything', () => {
    expect(subjectsOf({})).toEqual({ voice: true, requests: false });
    expect(subjectsOf(scenario('grpc'))).toEqual({ voice: false, requests: true });
  });
});

it('knows which metrics can be of one step', () => {
  expect(hasSteps('request')).toBe(true);
  expect(hasSteps('check_success')).toBe(true);
  expect(hasSteps('ttfa')).toBe(false);
  expect(hasSteps('iteration')).toBe(false);
});
