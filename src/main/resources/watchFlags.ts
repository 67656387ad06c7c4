/** `--watch`: what is watched beside what the environment says. */
import { fail, ok, type Result } from '#contract/errors';
import { Resources } from '#contract/scenario/resources';
import { parseSelector } from '#contract/scenario/selector';
import { maskUrl } from '#contract/secrets';

const usage =
  'write process=NAME, port=NUMBER, pid=NUMBER, or URL#series,series like http://127.0.0.1:9090/metrics#up,queue_depth{queue="tts"}';

/** Parts at commas that stand outside of braces. */
function listed(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

type Written = { processes: Record<string, unknown>[] } | { prometheus: Record<string, unknown>[] };

function read(text: string): Result<Written> {
  const wrong = (why: string) => fail('invalid_input', 'invalid_watch', `--watch ${maskUrl(text)}: ${why}.`);
  const [, way, value = ''] = /^(process|port|pid)=(.*)$/s.exec(text) ?? [];
  if (way === 'process')
    return value.trim() === ''
      ? wrong('the name is empty')
      : ok({ processes: [{ name: value.trim(), process: value }] });
  if (way === 'port' || way === 'pid') {
    const number = Number(value);
    const most = way === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER;
    if (!/^\d+$/.test(value) || number < 1 || number > most)
      return wrong(way === 'port' ? 'a port is a number from 1 to 65535' : 'a process id is a number');
    return ok({ processes: [{ name: `${way} ${value}`, [way]: number }] });
  }
  const hash = text.indexOf('#');
  const url = hash < 0 ? text : text.slice(0, hash);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return wrong(usage);
  const series = listed(hash < 0 ? '' : text.slice(hash + 1));
  if (series.length === 0)
    return wrong(`say which series behind a #, like ${maskUrl(url)}#process_resident_memory_bytes`);
  for (const selector of series) {
    const parsed = parseSelector(selector);
    if ('problem' in parsed) return wrong(`${JSON.stringify(selector)} ${parsed.problem}`);
  }
  return ok({ prometheus: [{ name: new URL(url).host, url, series }] });
}

function numbered(entries: Record<string, unknown>[]): Record<string, unknown>[] {
  const counts = new Map<unknown, number>();
  return entries.map((entry) => {
    const count = (counts.get(entry.name) ?? 0) + 1;
    counts.set(entry.name, count);
    return count === 1 ? entry : { ...entry, name: `${String(entry.name)} ${count}` };
  });
}

/** Reads all of them; null: there are none. Error `invalid_watch`, with secrets in addresses masked. */
export function readWatchFlags(flags: readonly string[]): Result<Resources | null> {
  if (flags.length === 0) return ok(null);
  const processes: Record<string, unknown>[] = [];
  const prometheus: Record<string, unknown>[] = [];
  for (const flag of flags) {
    const one = read(flag.trim());
    if (!one.ok) return one;
    if ('processes' in one.value) processes.push(...one.value.processes);
    else prometheus.push(...one.value.prometheus);
  }
  const parsed = Resources.safeParse({ processes: numbered(processes), prometheus: numbered(prometheus) });
  return parsed.success
    ? ok(parsed.data)
    : fail('invalid_input', 'invalid_watch', `--watch: ${parsed.error.issues[0]?.message ?? usage}.`);
}
