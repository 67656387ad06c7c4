/** What can be told of an environment without calling anybody: addresses without placeholders, and the files it names. */
import { resolve } from 'node:path';
import type { ValueProblem } from '#contract/scenario/explain';
import { protocolOf, type Environment, type Target } from '#contract/scenario/environment';
import { maskUrl } from '#contract/secrets';
import { readCertificate, readKey } from './certificates.ts';
import { addressWords, authProblem, foreignKey, isTargetUrl, notInHeaders } from './connect.ts';

type Path = (string | number)[];

const exampleUrls = { acs: 'wss://host/path', http: 'https://host', grpc: 'grpcs://host:443' };

async function targetProblems(target: Target, path: Path, folder: string): Promise<ValueProblem[]> {
  const problems: ValueProblem[] = [];
  const add = (key: Path, message: string) => problems.push({ path: [...path, ...key], message });
  const known = !target.url.includes('${');
  const protocol = target.protocol ?? (known ? protocolOf(target.url) : null);
  if (known && protocol !== null && !isTargetUrl(target.url, protocol)) {
    const shown = JSON.stringify(maskUrl(target.url));
    const byItself = isTargetUrl(target.url, protocolOf(target.url));
    const message = byItself
      ? `${shown} is no address for protocol: ${protocol}; write ${addressWords[protocol]}, or leave the protocol out`
      : `${shown} is not a URL; write it like ${exampleUrls[protocol]}`;
    add(['url'], message);
  }
  const foreign = protocol === null ? null : foreignKey(target, protocol);
  if (foreign !== null) add([foreign.key], foreign.message);
  problems.push(...headerProblems(target.headers, [...path, 'headers']));
  if (target.proxy !== undefined && !target.proxy.includes('${') && !URL.canParse(target.proxy))
    add(['proxy'], `${JSON.stringify(maskUrl(target.proxy))} is not a URL; write it like http://proxy:3128`);
  const auth = authProblem(target);
  if (auth !== null) add(['auth'], auth);
  const files = [
    { key: 'ca', path: target.tls.ca, read: readCertificate },
    { key: 'cert', path: target.tls.cert, read: readCertificate },
    { key: 'key', path: target.tls.key, read: readKey },
  ];
  for (const { key, path: file, read } of files) {
    if (file === undefined || file.includes('${')) continue;
    const found = await read(resolve(folder, file));
    if (!found.ok) add(['tls', key], found.error.message);
  }
  return problems;
}

function headerProblems(headers: Readonly<Record<string, string>>, path: Path): ValueProblem[] {
  return Object.entries(headers).flatMap(([header, value]) =>
    !value.includes('${') && notInHeaders.test(value)
      ? [
          {
            path: [...path, header],
            message: 'holds a line break or another character that headers cannot carry',
          },
        ]
      : [],
  );
}

/**
 * Checks what needs a parser or the disk. `written` is the environment as it stands in its file, which may name its one
 * target in short; `folder` is where relative paths begin.
 */
export async function environmentProblems(
  environment: Environment,
  written: unknown,
  folder: string,
): Promise<ValueProblem[]> {
  const short = typeof written === 'object' && written !== null && !('targets' in written);
  const problems: ValueProblem[] = [];
  for (const [name, target] of Object.entries(environment.targets))
    problems.push(...(await targetProblems(target, short ? [] : ['targets', name], folder)));
  const { guard } = environment;
  if (guard !== undefined) {
    if (!guard.url.includes('${') && !URL.canParse(guard.url)) {
      const message = `${JSON.stringify(maskUrl(guard.url))} is not a URL; write it like https://host/health`;
      problems.push({ path: ['guard', 'url'], message });
    }
    problems.push(...headerProblems(guard.headers, ['guard', 'headers']));
  }
  environment.resources?.prometheus.forEach(({ url, headers }, i) => {
    const place = ['resources', 'prometheus', i];
    if (!url.includes('${') && !URL.canParse(url)) {
      const message = `${JSON.stringify(maskUrl(url))} is not a URL; write it like http://host:9090/metrics`;
      problems.push({ path: [...place, 'url'], message });
    }
    problems.push(...headerProblems(headers, [...place, 'headers']));
  });
  return problems;
}
