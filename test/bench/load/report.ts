/** The figures of a benchmark as a table for people. */
import type { Bench } from './bench.ts';

const columns = [
  'calls',
  'frames/s',
  'CPU µs/frame',
  'floor µs',
  '× floor',
  'late p50',
  'late p99',
  'late max',
  'TTFA err p50',
  'TTFA err p99',
  'KB/call',
] as const;

function figure(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

function table(head: readonly string[], rows: string[][]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] ?? '').length)));
  const line = (cells: readonly string[]) => cells.map((c, i) => c.padStart(widths[i] ?? 0)).join('  ');
  return [line(head), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

/** Times in ms unless they say µs. */
export function reportOf(bench: Bench): string {
  const parts: string[] = [];
  const { load, receive, duplex, record, connect, arrivals, tls, truth, soak, drift, capacity } = bench;
  if (load.length > 0) {
    parts.push(
      table(
        columns,
        load.map(({ send, truth: errors, memory }) => [
          String(send.calls),
          figure(send.framesPerSecond, 0),
          figure(send.engineUs, 1),
          figure(send.floorUs, 1),
          figure(send.ratio, 2),
          figure(send.lateness.p50, 2),
          figure(send.lateness.p99, 2),
          figure(send.lateness.max, 1),
          figure(errors?.ttfa.p50, 2),
          figure(errors?.ttfa.p99, 2),
          figure(memory?.kbPerCall, 1),
        ]),
      ),
    );
  }
  const lines: string[] = [];
  if (receive)
    lines.push(
      `Receiving, ${receive.calls} calls: ${figure(receive.engineUs, 1)} µs a frame, ${figure(receive.ratio, 2)} × a bare socket counting bytes (${figure(receive.floorUs, 1)} µs).`,
    );
  if (duplex)
    lines.push(
      `Both at once, ${duplex.calls} calls: ${figure(duplex.engineUs, 1)} µs for a frame sent and one received, ${figure(duplex.ratio, 2)} × bare sockets; lateness p99 ${figure(duplex.lateness.p99, 2)} ms.`,
    );
  if (record)
    lines.push(
      `${record.calls} calls, all recorded: ${figure(record.recorded.cpuUs, 1)} µs for a frame sent and one received, ${figure(record.ratio, 2)} × without recording (${figure(record.without.cpuUs, 1)} µs); on the engine's thread ${figure(record.threadRatio, 2)} ×; lateness p99 ${figure(record.recorded.latenessP99, 2)} ms (without: ${figure(record.without.latenessP99, 2)}). Remembering the last messages of each instead: ${figure(record.rememberedRatio, 2)} × on the engine's thread.`,
    );
  if (connect)
    lines.push(
      `${connect.crowd} calls at once while ${connect.talking} talk: connected in ${figure(connect.seconds, 1)} s, lateness p99 ${figure(connect.during.latenessP99, 2)} ms (before: ${figure(connect.before.latenessP99, 2)}), max ${figure(connect.during.latenessMax, 1)} ms (before: ${figure(connect.before.latenessMax, 1)}), ${connect.slipped} slipped.`,
    );
  for (const { asked, accepted, late, apart } of arrivals?.rates ?? [])
    lines.push(
      `${asked.asked_per_s} calls a second asked, ${asked.achieved_per_s} begun: ${asked.asked} asked, ${asked.started} begun, ${asked.dropped} dropped, ${accepted} accepted by the agent; accepted ${figure(late.p50, 2)} ms after they were due (p50; p99 ${figure(late.p99, 2)}, most ${figure(late.max, 1)}), time between two calls off by ${figure(apart.p50, 2)} ms (p50; p99 ${figure(apart.p99, 2)}).`,
    );
  if (arrivals)
    lines.push(
      `An agent that bears ${arrivals.breakingPoint.bears} calls: "${arrivals.breakingPoint.found.sentence}", after ${figure(arrivals.breakingPoint.seconds, 0)} s and ${arrivals.breakingPoint.found.steps.length} numbers of calls.`,
    );
  if (tls)
    lines.push(
      `TLS, ${tls.calls} calls: ${figure(tls.secureUs, 1)} µs a frame, ${figure(tls.secureUs / tls.plainUs, 2)} × plain (${figure(tls.plainUs, 1)} µs); a connect costs ${figure(tls.secureConnectUs, 0)} µs of CPU, plain ${figure(tls.plainConnectUs, 0)} µs.`,
    );
  if (truth)
    lines.push(
      `${truth.calls} conversations beside the practice agent: p95 of ttfa ${figure(truth.ttfa.oursP95, 1)} ms, truly ${figure(truth.ttfa.trueP95, 1)} ms; of barge_in ${figure(truth.bargeIn.oursP95, 1)} ms, truly ${figure(truth.bargeIn.trueP95, 1)} ms; ${truth.trusted ? 'trusted' : `not trusted: ${truth.untrustedReasons.join('; ')}`}.`,
    );
  if (soak)
    lines.push(
      `${figure(soak.minutes, 0)} minutes with ${soak.calls} conversations: ${figure(soak.earlyMb, 1)} MB early, ${figure(soak.lateMb, 1)} MB at the end (${figure(soak.growthMbPerMinute, 2)} MB a minute) over ${soak.turns} turns; lateness p99 ${figure(soak.latenessP99Early, 2)} ms early, ${figure(soak.latenessP99Late, 2)} ms at the end, ${soak.slipped} slipped.`,
    );
  if (drift)
    lines.push(
      `${drift.calls} calls for ${figure(drift.window.seconds / 60, 0)} minutes: ${figure(drift.delivered * 100, 3)} % of the frames due were sent; lateness p50 ${figure(drift.window.firstMinute?.latenessP50, 2)} ms in the first minute, ${figure(drift.window.lastMinute?.latenessP50, 2)} ms in the last.`,
    );
  for (const { talk, engine, floor, searches } of capacity)
    lines.push(
      `One thread carries ${engine} calls (${talk}), the floor ${floor}: ${figure(engine / floor, 2)} × (lowest of ${searches} searches).`,
    );
  if (lines.length > 0) parts.push(lines.join('\n'));
  return `${parts.join('\n\n')}\n`;
}
