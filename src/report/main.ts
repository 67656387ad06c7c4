/** The program inside a self-contained report: draws its charts, and sees that they can be printed. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import { reportDataId, type ReportPage } from '#contract/reportPage';
import { drawCurves } from './curves.ts';
import { drawOverTime } from './overTime.ts';
import { drawAlso } from './redraw.ts';

/** The application wrote it into the same file, together with this program. */
function readPage(): ReportPage | null {
  const text = document.getElementById(reportDataId)?.textContent;
  return text ? (JSON.parse(text) as ReportPage) : null;
}

const page = readPage();
if (page !== null) {
  const charts = document.getElementById('charts');
  const curve = document.getElementById('curve');
  drawAlso((look) => {
    const ends = [charts && drawOverTime(charts, page, look), curve && drawCurves(curve, page.curves, look)];
    return () => ends.forEach((end) => end?.());
  });
}
