/** `load-test.yaml`: the test as Azure Load Testing reads it. Its reader refuses any key it does not know. */
import { stringify } from 'yaml';
import type { Criterion } from './criteria.ts';
import type { Archive } from './limits.ts';
import type { PackLoad } from './load.ts';
import type { PackTarget } from './target.ts';

export const testYamlName = 'load-test.yaml';

/** Seconds that open turns are given to end when the run is over. */
export const stopTimeoutSeconds = 15;

export interface TestYamlParts {
  testId: string;
  displayName: string;
  description: string;
  load: PackLoad;
  target: PackTarget;
  criteria: readonly Criterion[];
  /** Files beside the script, by name. */
  files: readonly string[];
  archives: readonly Archive[];
}

const longestLine = { lineWidth: 0 } as const;

function section(comment: string, value: Record<string, unknown>): string {
  const lines = comment.split('\n').map((line) => `# ${line}\n`);
  return `\n${lines.join('')}${stringify(value, longestLine)}`;
}

/** `ws-header-x-api-key`: names of a key vault have letters, digits and dashes. */
export function vaultName(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}

function variablesOf({ target, load }: TestYamlParts): { name: string; value: string }[] {
  const url = target.variables.find(({ name }) => name === 'WS_URL');
  const shown = url ? (url.secret ? null : url.example) : target.shownUrl;
  return [
    ...(shown === null ? [] : [{ name: 'WS_URL', value: shown }]),
    { name: 'LOCUST_USERS', value: String(load.users) },
    { name: 'LOCUST_SPAWN_RATE', value: String(load.spawnRate) },
    { name: 'LOCUST_RUN_TIME', value: String(load.durationMs / 1000) },
    { name: 'LOCUST_STOP_TIMEOUT', value: String(stopTimeoutSeconds) },
  ];
}

function criteriaText(criteria: readonly Criterion[]): string {
  const lines = criteria.map(({ request, condition, comment }) => {
    const row = `  - ${request}: ${condition}\n`;
    return comment === undefined ? row : `  # ${comment}\n${row}`;
  });
  return `\n# Each of these fails the test.\nfailureCriteria:\n${lines.join('')}`;
}

/** The text of the test's file. */
export function testYaml(parts: TestYamlParts): string {
  const secrets = parts.target.variables.filter(({ secret }) => secret);
  const open = parts.target.variables.some(({ secret }) => !secret);
  return [
    stringify(
      {
        version: 'v0.1',
        testId: parts.testId,
        displayName: parts.displayName,
        description: parts.description,
        testType: 'Locust',
        testPlan: 'locustfile.py',
        engineInstances: parts.load.engineInstances,
      },
      longestLine,
    ),
    section(
      open ? 'Replace what stands in <angle brackets>.' : 'Every variable of the locustfile works here.',
      { env: variablesOf(parts) },
    ),
    secrets.length === 0
      ? ''
      : section('Replace VAULT by the name of your key vault, in which the values lie.', {
          secrets: secrets.map(({ name }) => ({
            name,
            value: `https://VAULT.vault.azure.net/secrets/${vaultName(name)}`,
          })),
        }),
    section('Beside the locustfile, in one flat folder.', { configurationFiles: [...parts.files] }),
    parts.archives.length === 0
      ? ''
      : section('Unpacked or not, the locustfile finds the clips in them.', {
          zipArtifacts: parts.archives.map(({ name }) => name),
        }),
    criteriaText(parts.criteria),
    section('A dead agent ends the run early.', { autoStop: { errorPercentage: 90, timeWindow: 60 } }),
  ].join('');
}
