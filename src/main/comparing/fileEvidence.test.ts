import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archivedHistograms, archivedRun, exportFormat, exportVersion } from '#contract/exported';
import type { RunDetail } from '#contract/run';
import { value } from '../history/testing.ts';
import { compareEvidence } from './compare.ts';
import { evidenceFromFile } from './fileEvidence.ts';
import { anEvidence, aRow, measured, someAnswers } from './testing.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'crosstalk-baseline-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = measured({ id: 'A', values: { ttfa: someAnswers(1, 300) } });
const detail: RunDetail = {
  row: aRow('A'),
  clock: { baseNs: '0', epochMs: 0 },
  seed: 7,
  origin: {
    host: 'there', os: 'Linux', cpus: 2, user: 'me', version: '0.1.0', door: 'cli', gitCommit: null, ciUrl: null,
    commandLine: null,
  },
  scenarioYaml: 'version: 1\n',
  environmentYaml: null,
  applied: [],
  thresholds: [],
  summary: run.summary,
  notices: [],
  note: '',
  markers: [],
  imported: null,
}; // prettier-ignore
const head = { format: exportFormat, version: exportVersion, exported_at: '', exported_by: '0.1.0', detail };

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const bytes = (data: unknown) => new TextEncoder().encode(JSON.stringify(data));

it.each([
  ['a summary', () => write('s.json', JSON.stringify({ ...run.summary, something_new: 1 })), 'summary'],
  [
    'the full JSON',
    () => write('full.json', JSON.stringify({ ...head, histograms: run.histograms })),
    'histogram',
  ],
  [
    'an archive',
    () =>
      write(
        'a.crosstalk.zip',
        zipSync({
          [archivedRun]: bytes(head),
          [archivedHistograms]: bytes(run.histograms),
          'turns.ndjson': bytes({}),
        }),
      ),
    'histogram',
  ],
])('%s can be compared with', async (_, file, from) => {
  const baseline = value(await evidenceFromFile(file()));
  expect(baseline.distributions.get('ttfa')).toMatchObject({ from, count: 300 });
  const slower = anEvidence({ id: 'B', values: { ttfa: someAnswers(2, 300, 900) } });
  expect(compareEvidence([baseline, slower]).runs[1]?.verdict).toBe('regressed');
});

it.each([
  ['nothing there', () => join(folder, 'none.json'), 'there is no such file'],
  ['no JSON', () => write('x.json', '{'), 'it is not JSON'],
  ['another JSON', () => write('y.json', '{"a":1}'), 'neither a summary nor an export'],
  ['a damaged zip', () => write('z.zip', 'PK\u0003\u0004nothing'), 'zip'],
  ['another zip', () => write('o.zip', zipSync({ 'a.txt': bytes(1) })), 'no archive of Crosstalk'],
])('%s is refused with why', async (_, file, why) => {
  const found = await evidenceFromFile(file());
  expect(found).toMatchObject({ ok: false, error: { kind: 'invalid_input' } });
  if (!found.ok) expect(found.error.message).toContain(why);
});
