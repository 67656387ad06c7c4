/** A last look before anything leaves: what is kept is masked already, what a run's own process holds need not be. */
import type { RunDetail } from '#contract/run';
import { maskText, maskYaml } from '../history/masking.ts';

/** The detail with whatever looks like a secret masked. */
export function maskedDetail(detail: RunDetail): RunDetail {
  const { origin, summary } = detail;
  return {
    ...detail,
    scenarioYaml: maskYaml(detail.scenarioYaml),
    environmentYaml: detail.environmentYaml === null ? null : maskYaml(detail.environmentYaml),
    applied: detail.applied.map(maskText),
    notices: detail.notices.map(maskText),
    origin: {
      ...origin,
      commandLine: origin.commandLine === null ? null : maskText(origin.commandLine),
      ciUrl: origin.ciUrl === null ? null : maskText(origin.ciUrl),
    },
    summary: summary === null ? null : { ...summary, applied: summary.applied.map(maskText) },
  };
}
