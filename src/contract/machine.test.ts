import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  framesPerCore,
  judgeLimits,
  limitAnnouncements,
  openFilesReserve,
  type MachineFacts,
  type RunNeed,
} from './machine.ts';

const facts = (more: Partial<MachineFacts> = {}): MachineFacts => ({
  platform: 'linux',
  cpuModel: 'AMD EPYC',
  cores: 2,
  openFiles: 20_000,
  ports: 28_232,
  portsInUse: {},
  memoryTotal: 24e9,
  memoryAvailable: 23e9,
  ...more,
});

/** A run with one target. */
const need = (calls: number, more: Partial<RunNeed> = {}): RunNeed => ({
  calls,
  workers: 1,
  framesPerSecond: 50 * calls,
  targets: [{ address: '127.0.0.1:8010', shown: 'localhost:8010', calls, secure: false }],
  practice: false,
  ...more,
});

const messages = (f: MachineFacts, n: RunNeed) => judgeLimits(f, n).map(({ message }) => message);

describe('the limits of the machine', () => {
  it('says nothing of what fits', () => {
    expect(judgeLimits(facts(), need(500))).toEqual([]);
    expect(judgeLimits(facts(), need(2000))).toEqual([]);
    expect(limitAnnouncements(facts(), need(2000, { workers: 2 }))).toEqual([]);
  });

  it('counts an open file for each call and a hundred for the program', () => {
    const limited = facts({ openFiles: 1024 });
    expect(judgeLimits(limited, need(924))).toEqual([]);
    expect(messages(limited, need(1019))).toEqual([
      'This run asks for 1,019 calls at once and needs 1,119 open files; a process may have 1,024 here. ' +
        'Use at most 924 users or raise the limit (ulimit -n 1119, as an administrator) and start Crosstalk again.',
    ]);
    expect(messages(facts({ openFiles: 64 }), need(10))).toEqual([
      'This run asks for 10 calls at once and needs 110 open files; a process may have 64 here. ' +
        'Raise the limit (ulimit -n 110, as an administrator) and start Crosstalk again.',
    ]);
  });

  it('counts the local ports for each address by itself', () => {
    const small = facts({ ports: 1000, portsInUse: { '127.0.0.1:8010': 300 }, openFiles: null });
    const to = (address: string, calls: number) => ({ address, shown: address, calls, secure: false });
    expect(
      judgeLimits(
        small,
        need(1600, { targets: [to('127.0.0.1:8010', 700), to('10.0.0.1:443', 900)], workers: 2 }),
      ),
    ).toEqual([]);
    expect(messages(small, need(800))).toEqual([
      'This run asks for 800 calls at once to localhost:8010; this machine has 1,000 local ports for one address, ' +
        '300 of them still in use. Use at most 700 users, call several addresses or widen the range ' +
        '(sysctl -w net.ipv4.ip_local_port_range="1024 65535").',
    ]);
    expect(messages(facts({ ports: 1000, platform: 'win32' }), need(1200))[0]).toContain(
      'netsh int ipv4 set',
    );
    expect(messages(facts({ ports: 1000, platform: 'darwin' }), need(1200))[0]).toContain('portrange.first');
  });

  it('refuses what no core can send', () => {
    expect(messages(facts(), need(2001))).toEqual([
      'This run asks for 2,001 calls at once; one core sends the frames of 2,000 at the very most ' +
        '(a frame costs at least 10 µs). Use at most 2,000 users, more --workers or more machines.',
    ]);
    expect(messages(facts(), need(5000, { workers: 9 }))[0]).toContain('2 cores send the frames of 4,000');
    // Long frames, and silence that is not sent, need less.
    expect(judgeLimits(facts(), need(5000, { framesPerSecond: 50_000 }))).toEqual([]);
    expect(judgeLimits(facts(), need(5000, { framesPerSecond: 0 }))).toEqual([]);
  });

  it('reckons with the memory of each call', () => {
    const little = facts({ memoryAvailable: 100e6 });
    expect(judgeLimits(little, need(1600))).toEqual([]);
    expect(messages(little, need(1700))).toEqual([
      'This run asks for 1,700 calls at once and needs about 102 MB of memory; 100 MB are available. ' +
        'Use at most 1,666 users, close other programs or take a machine with more memory.',
    ]);
    const secure = [{ address: 'a:443', shown: 'a', calls: 800, secure: true }];
    expect(judgeLimits(little, need(800, { targets: secure }))).toHaveLength(1);
    expect(judgeLimits(little, need(900, { practice: true }))).toHaveLength(1);
    expect(messages(facts({ memoryTotal: 100e6, memoryAvailable: null }), need(1700))[0]).toContain(
      '100 MB is all there is',
    );
  });

  it('counts connections that users share once, and advises a number of users that does fit', () => {
    const shared = (users: number, connections: number) => ({
      targets: [
        { address: 'a:1', shown: 'a', calls: users, secure: false, shared: [{ users, connections }] },
      ],
      framesPerSecond: 0,
      callers: 0,
    });
    const limited = facts({ openFiles: 1100, ports: 500 });
    expect(judgeLimits(limited, need(20_000, shared(20_000, 400)))).toEqual([]);
    expect(messages(limited, need(20_000, shared(20_000, 600)))).toEqual([
      'This run opens 600 connections to a; this machine has 500 local ports for one address. Use at most 500 users, ' +
        'let users share fewer connections, call several addresses or widen the range ' +
        '(sysctl -w net.ipv4.ip_local_port_range="1024 65535").',
    ]);
    expect(messages(facts({ openFiles: 1100 }), need(20_000, shared(20_000, 1400)))).toEqual([
      'This run asks for 20,000 users at once and needs 1,500 open files; a process may have 1,100 here. Use at most 1,000 users, ' +
        'let users share fewer connections or raise the limit (ulimit -n 1500, as an administrator) and start Crosstalk again.',
    ]);
  });

  it('names the tightest limit first', () => {
    const found = judgeLimits(facts({ ports: 1500, openFiles: 1200 }), need(30_000));
    expect(found.map(({ limit, most }) => [limit, most])).toEqual([
      ['open_files', 1100],
      ['ports', 1500],
      ['cores', 2000],
    ]);
  });

  it('announces threads that share a core', () => {
    expect(limitAnnouncements(facts(), need(10, { workers: 8 }))).toEqual([
      "This run uses 8 engine threads on 2 cores: threads that share a core delay each other's frames. " +
        'Use at most 2 (--workers), or leave the number to the program.',
    ]);
  });
});

describe('whatever the machine and the run', () => {
  const anyFacts = fc.record({
    platform: fc.constantFrom('linux', 'darwin', 'win32', 'freebsd'),
    cpuModel: fc.constant('x'),
    cores: fc.integer({ min: 1, max: 128 }),
    openFiles: fc.option(fc.integer({ min: 0, max: 200_000 })),
    ports: fc.option(fc.integer({ min: 0, max: 64_000 })),
    portsInUse: fc.record({ 'a:1': fc.integer({ min: 0, max: 70_000 }) }, { requiredKeys: [] }),
    memoryTotal: fc.integer({ min: 1, max: 256e9 }),
    memoryAvailable: fc.option(fc.integer({ min: 0, max: 256e9 })),
  });
  const anyNeed = fc
    .record({
      calls: fc.integer({ min: 1, max: 100_000 }),
      workers: fc.integer({ min: 1, max: 256 }),
      frameMs: fc.constantFrom(10, 20, 40, 100),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      secure: fc.boolean(),
      practice: fc.boolean(),
    })
    .map((given) => ({ ...given, at: (calls: number) => needAt(given, calls) }));

  function needAt(
    given: { workers: number; frameMs: number; share: number; secure: boolean; practice: boolean },
    calls: number,
  ): RunNeed {
    const first = Math.floor(given.share * calls);
    return {
      calls,
      workers: given.workers,
      framesPerSecond: calls * (1000 / given.frameMs),
      targets: [
        { address: 'a:1', shown: 'a', calls: first, secure: given.secure },
        { address: 'b:1', shown: 'b', calls: calls - first, secure: false },
      ],
      practice: given.practice,
    };
  }

  /** The same, written down once more as plainly as can be. */
  function fits(f: MachineFacts, n: RunNeed): boolean {
    const bytes = n.targets.reduce(
      (sum, t) => sum + t.calls * ((t.secure ? 130_000 : 60_000) + (n.practice ? 60_000 : 0)),
      0,
    );
    return (
      (f.openFiles === null || n.calls <= Math.max(0, f.openFiles - openFilesReserve)) &&
      (f.ports === null ||
        n.targets.every(
          (t) => t.calls + (f.portsInUse[t.address] ?? 0) <= (f.ports ?? 0) || t.calls === 0,
        )) &&
      n.framesPerSecond <= framesPerCore * Math.min(n.workers, f.cores) &&
      bytes <= (f.memoryAvailable ?? f.memoryTotal)
    );
  }

  it('refuses exactly what does not fit', () => {
    fc.assert(
      fc.property(anyFacts, anyNeed, (f, n) => {
        const asked = n.at(n.calls);
        expect(judgeLimits(f, asked).length === 0).toBe(fits(f, asked));
      }),
    );
  });

  it('does not refuse the number of users it advises', () => {
    fc.assert(
      fc.property(anyFacts, anyNeed, (f, n) => {
        const [tightest] = judgeLimits(f, n.at(n.calls));
        if (tightest === undefined) return;
        expect(tightest.most).toBeLessThan(n.calls);
        expect(tightest.message).toContain('calls at once');
        if (tightest.most > 0) expect(judgeLimits(f, scaled(n.at(n.calls), tightest.most))).toEqual([]);
      }),
    );
  });

  /** The same run with fewer calls, its targets in proportion. */
  function scaled(n: RunNeed, calls: number): RunNeed {
    const by = calls / n.calls;
    return {
      ...n,
      calls,
      framesPerSecond: Math.floor(n.framesPerSecond * by),
      targets: n.targets.map((target) => ({ ...target, calls: Math.floor(target.calls * by) })),
    };
  }
});
