/** Who started a run, and where. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release, type, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunOrigin } from '#contract/run';
import { packageRoot } from '../entries.ts';

type Env = Record<string, string | undefined>;

/** How long git may take to name the commit before the run does without. */
const gitMs = 1000;

/** The program's own version, from its package.json. */
export function programVersion(): string {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  } catch {
    // A run is not refused because the program cannot tell its own version.
  }
  return 'unknown';
}

/** Best effort: what cannot be found out is null or `unknown`. `folder` is where the scenario lies. */
export async function findOrigin(
  door: RunOrigin['door'],
  folder: string | null,
  commandLine: string | null = null,
  env: Env = process.env,
): Promise<RunOrigin> {
  return {
    host: hostname(),
    os: `${type()} ${release()}`,
    cpus: availableParallelism(),
    user: userName(),
    version: programVersion(),
    door,
    gitCommit: folder === null ? null : await gitCommit(folder),
    ciUrl: ciUrl(env),
    commandLine,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function gitCommit(folder: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', folder, 'rev-parse', 'HEAD'],
      { timeout: gitMs, windowsHide: true },
      (error, stdout) => {
        const commit = stdout.trim();
        resolve(error === null && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null);
      },
    );
  });
}

/** Address of the CI job this process runs in, or null outside of one. */
export function ciUrl(env: Env): string | null {
  const github = [env.GITHUB_SERVER_URL, env.GITHUB_REPOSITORY, env.GITHUB_RUN_ID];
  if (github.every(Boolean)) return `${github[0]}/${github[1]}/actions/runs/${github[2]}`;
  const gitlab = env.CI_JOB_URL ?? env.CI_PIPELINE_URL;
  if (gitlab) return gitlab;
  const azure = [env.SYSTEM_COLLECTIONURI, env.SYSTEM_TEAMPROJECT, env.BUILD_BUILDID];
  if (azure.every(Boolean)) {
    const project = encodeURIComponent(azure[1] ?? '');
    return `${azure[0]?.replace(/\/$/, '')}/${project}/_build/results?buildId=${azure[2]}`;
  }
  return env.BUILD_URL ?? null;
}
