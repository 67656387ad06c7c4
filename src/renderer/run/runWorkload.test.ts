import { describe, expect, it } from 'vitest';
import { countedWorkload, scenarioWorkload } from './runWorkload.ts';

describe('what users do, by the scenario', () => {
  it.each([
    ['users:\n  - kind: voice\n', { voice: true, requests: false, stages: {}, periods: false }],
    [
      'users:\n  - kind: http\n  - kind: grpc\n',
      { voice: false, requests: true, stages: {}, periods: false },
    ],
    [
      'users:\n  - kind: http\n  - kind: voice\n',
      { voice: true, requests: true, stages: {}, periods: false },
    ],
    ['users:\n  - name: of an older version\n', { voice: true, requests: false, stages: {}, periods: false }],
    [
      'users:\n  - kind: voice\nsetup:\n  - kind: http\n    steps: []\n',
      { voice: true, requests: false, stages: { 'set-up': 'setup' }, periods: false },
    ],
  ])('%j', (yaml, workload) => expect(scenarioWorkload(yaml)).toEqual(workload));

  it.each(['', 'a: [', 'users: 3', 'users: []', '- 1'])('says nothing of %j', (yaml) =>
    expect(scenarioWorkload(yaml)).toBeNull(),
  );
});

it('goes by the counts where the scenario is not known', () => {
  expect(countedWorkload(null)).toEqual({ voice: true, requests: false, stages: {}, periods: false });
  expect(countedWorkload({ calls_attempted: 0, requests: 9 })).toMatchObject({
    voice: false,
    requests: true,
  });
  expect(countedWorkload({ calls_attempted: 3, requests: 9 })).toMatchObject({ voice: true, requests: true });
});
