/** A process that makes a few calls, then many, and tells its memory at both times. Arguments: few, many. */
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import { entry } from '../../../src/main/entries.ts';
import { loadPlan } from './engineLoad.ts';
import { startPeer } from './peerMessages.ts';
import { median } from './window.ts';

const [few = 20, many = 500] = process.argv.slice(2).map(Number);
/** The program's own memory settles before the crowd comes; the crowd's after it has come. */
const settleSeconds = 12;
const peer = await startPeer({ mode: 'source' });
const engine = createEngine({ workerEntry: entry('engine-worker') });
const plan = await loadPlan(
  { port: peer.port, calls: few, talk: 'duplex', workers: 1, ca: null },
  0,
  300_000,
);
const rss: { few: number[]; many: number[] } = { few: [], many: [] };
let run: EngineRun | null = null;
run = await engine.start(plan, {
  onBatch({ sample }) {
    if (sample.asked === few && sample.t > 2) rss.few.push(sample.generator.rssMb);
    if (rss.few.length === settleSeconds) run?.setUsers(many);
    if (sample.active === many && many > few) rss.many.push(sample.generator.rssMb);
    if (rss.many.length === settleSeconds) run?.abort();
  },
});
await run.finished;
await engine.close();
await peer.close();
process.send?.({ fewMb: median(rss.few.slice(-3)), manyMb: median(rss.many.slice(-3)) });
process.disconnect();
