import { expect, test } from 'vitest';
import type { CheckFrame } from '#contract/checks';
import { everyFrame, filterFrames, frameClasses, frameLines, levelShare } from './frameFilter.ts';
import { lacksSecret, routeOf, subjectOf } from './subject.ts';

function frame(n: number, more: Partial<CheckFrame> = {}): CheckFrame {
  return {
    n,
    at: n * 20,
    direction: 'sent',
    kind: 'AudioData',
    class: 'audio',
    bytes: 900,
    level: -20,
    audioMs: 20,
    text: null,
    ...more,
  };
}

const stop = frame(3, {
  direction: 'received',
  kind: 'StopAudio',
  class: 'stop',
  level: null,
  audioMs: null,
  text: '{"kind":"StopAudio"}',
});
const frames = [frame(0), frame(1, { direction: 'received' }), stop];

test('frames are found by direction, class, text and without audio', () => {
  expect(filterFrames(frames, everyFrame)).toHaveLength(3);
  expect(filterFrames(frames, { ...everyFrame, direction: 'received' })).toEqual([frames[1], stop]);
  expect(filterFrames(frames, { ...everyFrame, class: 'stop' })).toEqual([stop]);
  expect(filterFrames(frames, { ...everyFrame, withoutAudio: true })).toEqual([stop]);
  expect(filterFrames(frames, { ...everyFrame, search: ' stopaudio' })).toEqual([stop]);
});

test('a chosen class stays to choose from', () => {
  expect(frameClasses(frames, null)).toEqual(['audio', 'stop']);
  expect(frameClasses(frames, 'setup')).toEqual(['audio', 'setup', 'stop']);
});

test('a level fills its bar from −80 to 0 dBFS', () => {
  expect([-100, -80, -40, 0, 3].map(levelShare)).toEqual([0, 0, 0.5, 1, 1]);
});

test('a log is one frame a line', () => {
  const lines = frameLines(frames).trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(frames);
});

test('a subject is a place and back; a typed address stays out of the hash', () => {
  const scenario = { kind: 'scenario', path: '/w/a.yaml', environment: 'staging' } as const;
  expect(subjectOf(routeOf(scenario))).toEqual(scenario);
  const environment = { kind: 'environment', name: 'staging' } as const;
  expect(subjectOf(routeOf(environment))).toEqual(environment);
  expect(subjectOf(routeOf({ kind: 'url', url: 'ws://h/?code=1' }))).toBeNull();
});

test('an address that is shown again has only the mask of its secret', () => {
  expect(lacksSecret({ kind: 'url', url: 'ws://h/?code=***' })).toBe(true);
  expect(lacksSecret({ kind: 'url', url: 'ws://h/?code=1' })).toBe(false);
  expect(lacksSecret({ kind: 'environment', name: '***' })).toBe(false);
});
