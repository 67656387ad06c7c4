import type { Cost } from './processes.ts';

export interface Row {
  name: string;
  rounds: Cost[];
}

export interface Figures extends Cost {
  name: string;
}

const titles: Record<string, string> = {
  session: 'Crosstalk, HttpSession alone, every part of the time split',
  'no-stamps': 'Crosstalk, HttpSession alone, without stamps',
  engine: 'Crosstalk, a run: journey, columns, histograms, all threads',
  autocannon: 'autocannon 9, pipelining 1',
  locust: "Locust's HttpUser",
  'locust-fast': "Locust's FastHttpUser",
};

/** Markdown, with how many times as much as the first of ours each costs. */
export function tableOf(figures: readonly Figures[], users: number): string {
  const ours = figures[0]?.cpuUsPerRequest ?? Number.NaN;
  const rows = figures.map(
    ({ name, cpuUsPerRequest, requestsPerSecond }) =>
      `| ${titles[name] ?? name} | ${cpuUsPerRequest.toFixed(1)} | ${(cpuUsPerRequest / ours).toFixed(2)} | ${Math.round(requestsPerSecond)} |`,
  );
  return [
    `${users} connections, a request each at a time, no waits; CPU of the generator alone, medians`,
    '',
    '| generator | CPU µs per request | beside the first | requests/s |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}
