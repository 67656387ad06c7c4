/** A run as a JUnit report: one test case for the verdict, one for whether the numbers can be trusted, one per threshold. */
import type { RunSummary, ThresholdResult } from '#contract/run';
import { thresholdCondition, thresholdName, thresholdSentence } from './threshold.ts';

// eslint-disable-next-line no-control-regex -- exactly the characters XML 1.0 has no way to write
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text for XML, in content and attributes alike; what XML 1.0 cannot carry becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

export interface TestCase {
  className: string;
  name: string;
  failure: string | null;
  output: string | null;
}

function thresholdCase(row: ThresholdResult): TestCase {
  return {
    className: 'thresholds',
    name: `${thresholdName(row)} ${thresholdCondition(row)}`,
    failure: row.status === 'fail' ? thresholdSentence(row) : null,
    output: row.status === 'warn' ? `warning: ${thresholdSentence(row)}` : null,
  };
}

function verdictCase(summary: RunSummary): TestCase {
  const failed = summary.thresholds.filter((row) => row.status === 'fail').map(thresholdSentence);
  const why = [...summary.verdict_reasons, ...failed].join('; ');
  return {
    className: 'run',
    name: 'verdict',
    failure: summary.verdict === 'fail' ? why || 'the run failed' : null,
    output: `verdict: ${summary.verdict}, ended: ${summary.ended}`,
  };
}

function trustCase(summary: RunSummary): TestCase {
  const reasons = summary.untrusted_reasons.join('; ');
  return {
    className: 'run',
    name: 'trusted',
    failure: summary.trusted ? null : `the numbers cannot be trusted: ${reasons || 'no reason was recorded'}`,
    output: null,
  };
}

/** What a search for the breaking point found: failed when no number of calls was held. */
function breakingPointCases(summary: RunSummary): TestCase[] {
  const found = summary.load?.breaking_point;
  if (!found) return [];
  const failure = found.holds === null ? found.sentence : null;
  return [{ className: 'run', name: 'breaking point', failure, output: found.sentence }];
}

function caseXml(test: TestCase, seconds: string): string {
  const open = `    <testcase classname="${xmlText(test.className)}" name="${xmlText(test.name)}" time="${seconds}"`;
  const inside = [
    test.failure === null
      ? ''
      : `      <failure type="${xmlText(test.className)}" message="${xmlText(test.failure)}">${xmlText(test.failure)}</failure>\n`,
    test.output === null ? '' : `      <system-out>${xmlText(test.output)}</system-out>\n`,
  ].join('');
  return inside === '' ? `${open}/>\n` : `${open}>\n${inside}    </testcase>\n`;
}

/** The whole report. `more`: test cases beside those of the run itself. */
export function junitReport(summary: RunSummary, more: readonly TestCase[] = []): string {
  const cases = [
    verdictCase(summary),
    trustCase(summary),
    ...breakingPointCases(summary),
    ...summary.thresholds.map(thresholdCase),
    ...more,
  ];
  const failures = cases.filter((test) => test.failure !== null).length;
  const seconds = summary.duration_s.toFixed(3);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds}"`;
  const property = (name: string, value: string) =>
    `      <property name="${xmlText(name)}" value="${xmlText(value)}"/>\n`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="crosstalk" ${counts}>\n`,
    `  <testsuite name="${xmlText(summary.scenario)}" timestamp="${xmlText(summary.started_at)}" ${counts}>\n`,
    '    <properties>\n',
    property('run_id', summary.run_id),
    property('environment', summary.environment),
    property('seed', String(summary.seed)),
    property('ended', summary.ended),
    '    </properties>\n',
    ...cases.map((test, i) => caseXml(test, i === 0 ? seconds : '0')),
    '  </testsuite>\n',
    '</testsuites>\n',
  ].join('');
}
