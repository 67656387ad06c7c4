/** The self-contained report: one HTML file with its styles, its program and its data, and a policy that allows nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CrosstalkError } from '#contract/errors';
import { reportDataId } from '#contract/reportPage';
import { reportProgram } from '../../entries.ts';
import { programVersion } from '../../runs/origin.ts';
import { maskedDetail } from '../masked.ts';
import { checkGivenUp, type ReportSink, type ReportSource, type ReportWork } from '../source.ts';
import { mostPoints, reportPage } from './charts.ts';
import { jsonForScript, Markup, markup } from './markup.ts';
import {
  breakingPointPart,
  figuresPart,
  filesPart,
  headPart,
  markersPart,
  momentText,
  remarksPart,
  thresholdsPart,
  trustPart,
} from './parts.ts';
import {
  breakdownsPart,
  errorsPart,
  loadClock,
  percentilesPart,
  checksPart,
  requestsPart,
  slowestPart,
} from './tables.ts';

const slowestShown = 25;

/** What is put into every report. */
export interface ReportProgram {
  script: string;
  style: string;
}

/** The browser's part of the report, as the build left it. */
function readProgram(): ReportProgram {
  const files = reportProgram();
  try {
    return {
      // Nothing in a script may end its element.
      script: readFileSync(files.script, 'utf8').replaceAll('</script', '<\\/script').trim(),
      style: readFileSync(files.style, 'utf8').replaceAll('</style', '<\\/style').trim(),
    };
  } catch {
    throw new CrosstalkError({
      kind: 'unavailable',
      code: 'report_not_built',
      message: `The HTML report needs ${files.script}, which is not there: build the program once (npm run build).`,
    });
  }
}

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

/** What the page may do: run its own program, use its own styles. */
function policy({ script, style }: ReportProgram): string {
  return [
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Writes the report. Fails when the program has not been built. */
export async function writeHtml(
  source: ReportSource,
  sink: ReportSink,
  work: ReportWork,
  program: ReportProgram = readProgram(),
): Promise<void> {
  const detail = maskedDetail(source.detail);
  const samples = await source.samples(mostPoints);
  checkGivenUp(work);
  work.progress(0.2);
  const histograms = await source.histograms();
  const series = await source.series();
  work.progress(0.4);
  const [turns, conversations, users] = [
    await source.breakdown('turn'),
    await source.breakdown('conversation'),
    await source.breakdown('user'),
  ];
  checkGivenUp(work);
  work.progress(0.6);
  const errors = await source.errors();
  const slowest = await source.slowest(slowestShown);
  checkGivenUp(work);
  work.progress(0.9);
  const page = reportPage(detail, samples, series, histograms);
  const at = loadClock(samples[0]);
  const { row, summary } = detail;
  const charts =
    page.charts.length > 0 &&
    markup`<section><h2>Over time</h2><p class="muted hint">Drag to zoom, double-click to see everything.</p><div id="charts"></div><noscript><p>The charts need JavaScript.</p></noscript></section>`;
  const html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(program)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Crosstalk ${programVersion()}">
<meta name="referrer" content="no-referrer">
<title>${row.name === '' ? row.scenario : row.name} · Crosstalk</title>
<style>${new Markup(program.style)}</style>
</head>
<body>
<main>
${headPart(detail)}
${remarksPart(detail)}
${summary !== null && !summary.trusted && trustPart(detail)}
${thresholdsPart(detail)}
${figuresPart(detail)}
${breakingPointPart(detail)}
${charts}
${percentilesPart(summary, histograms, page.curves.length)}
${requestsPart(summary)}${checksPart(summary)}
${breakdownsPart([
  ['turn', turns],
  ['conversation', conversations],
  ['users', users],
])}
${errorsPart(errors, at)}
${slowestPart(slowest, at)}
${markersPart(detail)}
${(summary === null || summary.trusted) && trustPart(detail)}
${filesPart(detail)}
</main>
<footer>Written by Crosstalk ${programVersion()} on ${momentText(new Date().toISOString())} · run ${row.id}</footer>
<script type="application/json" id="${reportDataId}">${jsonForScript(page)}</script>
<script>${new Markup(program.script)}</script>
</body>
</html>
`;
  sink.write(html.text);
  work.progress(1);
}
