/** What was found in a folder of clips, in the order and the words of the screen. */
import type { CacheReport, Finding } from '#contract/api/clips';

export type FindingKind = Finding['kind'];
export type Mend = NonNullable<Finding['mend']>;

export const kindWords: Record<FindingKind, string> = {
  unreadable: 'Unreadable files',
  missing: 'Missing files',
  wrong_format: 'Wrong format',
  odd_length: 'Odd length',
  empty: 'Empty files',
  silent: 'Silent',
  clipped: 'Clipped',
  too_loud: 'Too loud',
  too_quiet: 'Too quiet',
  too_long: 'Too long',
  leading_silence: 'Silence at the start',
  trailing_silence: 'Silence at the end',
  long_pause: 'Long pauses',
  duplicate_name: 'Names used twice',
  wrong_hash: 'Other words than the name says',
  orphan: 'Files the manifest does not know',
  bad_line: 'Lines of the manifest that cannot be read',
};

export const mendWords: Record<Mend, string> = {
  normalise: 'bring to the usual level',
  trim: 'cut the silence',
  drop_line: 'take the line out of the manifest',
  adopt: 'add it to the manifest',
  cut_odd_byte: 'cut the odd byte',
};

export type Severity = 'all' | Finding['severity'];

/** One row of the panel: the heading of a group, or a finding with its place in the report. */
export type FindingRow =
  { type: 'group'; kind: FindingKind; count: number } | { type: 'finding'; finding: Finding; index: number };

const order = Object.keys(kindWords);

/** The findings of one severity under the heading of their kind: errors' kinds first, then in the order above. */
export function findingRows(findings: readonly Finding[], severity: Severity): FindingRow[] {
  const groups = new Map<FindingKind, { finding: Finding; index: number }[]>();
  for (const [index, finding] of findings.entries()) {
    if (severity !== 'all' && finding.severity !== severity) continue;
    const group = groups.get(finding.kind) ?? [];
    group.push({ finding, index });
    groups.set(finding.kind, group);
  }
  const rank = (kind: FindingKind) => {
    const hasError = groups.get(kind)?.some(({ finding }) => finding.severity === 'error') === true;
    return (hasError ? 0 : 100) + order.indexOf(kind);
  };
  return [...groups]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .flatMap(([kind, found]): FindingRow[] => [
      { type: 'group', kind, count: found.length },
      ...found.map(({ finding, index }): FindingRow => ({ type: 'finding', finding, index })),
    ]);
}

/** Whether we can do something about it. */
export function canMend(finding: Finding): boolean {
  return finding.mend !== null && finding.filename !== null;
}

/** The chosen places with some more (those that can be mended) or fewer. */
export function chooseFindings(
  report: CacheReport,
  chosen: ReadonlySet<number>,
  indices: readonly number[],
  on: boolean,
): ReadonlySet<number> {
  const next = new Set(chosen);
  for (const index of indices) {
    const finding = report.findings[index];
    if (on && finding && canMend(finding)) next.add(index);
    else next.delete(index);
  }
  return next;
}

/** What is asked for when those places of the report are to be mended; each file and mend once. */
export function mendsOf(
  report: CacheReport,
  chosen: ReadonlySet<number>,
): { filename: string; mend: string }[] {
  const asked = new Map<string, { filename: string; mend: string }>();
  for (const index of chosen) {
    const finding = report.findings[index];
    if (!finding?.mend || finding.filename === null) continue;
    asked.set(`${finding.mend}\n${finding.filename}`, { filename: finding.filename, mend: finding.mend });
  }
  return [...asked.values()];
}

export const madeWords: Record<CacheReport['made'], string> = {
  crosstalk: 'made by Crosstalk',
  original: 'made by the original tool',
  plain: 'without a manifest',
};
