import { beforeEach, expect, it, vi } from 'vitest';
import { writeSpill } from './spill.ts';
import { aBatch, anOutcome, aRun } from './testing.ts';

const disk = vi.hoisted(() => ({ room: 0, written: '' }));
vi.mock('../atomicFile.ts', () => ({
  writePartsAtomically: (_file: string, parts: Iterable<string>) => {
    const text = [...parts].join('');
    if (text.length > disk.room) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    disk.written = text;
  },
}));

const items = [
  { kind: 'create', run: aRun('r1') },
  ...[1, 2, 3].map((n) => ({ kind: 'batch', n, batch: aBatch(n) }) as const),
  { kind: 'finish', ...anOutcome('r1') },
] as const;
const whole = items.reduce((sum, item) => sum + JSON.stringify(item).length + 1, 0) + 200;

beforeEach(() => {
  disk.written = '';
});

it('leaves the turns out where the disk has no room for them, and counts them', () => {
  disk.room = whole - 1000;
  expect(writeSpill('/home', 'r1', items)).toMatchObject({ ok: true, value: { left: 3 } });
  const lines = disk.written
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toEqual({ crosstalk: 'unwritten', version: 3, runId: 'r1', items: 5 });
  expect(lines.slice(1).map(({ kind }) => kind)).toEqual(['create', 'batch', 'batch', 'batch', 'finish']);
  expect(lines[2]).toEqual({ kind: 'batch', n: 1, batch: { ...aBatch(1), turns: [] } });
});

it('fails where there is no room for the rest either', () => {
  disk.room = 100;
  expect(writeSpill('/home', 'r1', items)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('cannot be written: the disk is full') as string },
  });
});
