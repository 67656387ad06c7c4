import { describe, expect, it } from 'vitest';
import type { ToWorker, UserAssignment } from '../../messages.ts';
import { Places } from '../../sharedCounts.ts';
import { Numbering } from './numbering.ts';
import { Roster } from './roster.ts';
import { Shares } from './shares.ts';

function rig(weights: number[], workers: number) {
  const sent: { worker: number; message: ToWorker }[] = [];
  const roster = new Roster({
    load: 0,
    shares: new Shares(weights.map((weight, group) => ({ group, weight }))),
    numbering: new Numbering(workers),
    send: (worker, message) => sent.push({ worker, message }),
  });
  const added = () =>
    sent.flatMap(({ worker, message }) =>
      message.type === 'add' ? message.users.map((user): UserAssignment & { worker: number } => ({ ...user, worker })) : [],
    ); // prettier-ignore
  const removed = () => sent.flatMap(({ message }) => (message.type === 'remove' ? message.vus : []));
  return { roster, added, removed };
}

describe('roster', () => {
  it('shares users out by weight and over all workers', () => {
    const { roster, added } = rig([3, 1], 3);
    roster.add(40);
    expect(added().filter((user) => user.group === 0)).toHaveLength(30);
    expect([0, 1, 2].map((worker) => added().filter((user) => user.worker === worker).length)).toEqual([
      14, 13, 13,
    ]);
  });

  it('shares calls that arrive out by weight too, whoever is still on the line', () => {
    const { roster, added } = rig([3, 1], 1);
    roster.expect([10, 20, 30, 40]);
    for (const { vu } of added()) roster.gone(vu);
    roster.expect([50, 60, 70, 80]);
    expect(added().filter((user) => user.group === 1)).toHaveLength(2);
    expect(added().map((user) => user.arrivesAt)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
    expect([roster.size, roster.alive]).toEqual([0, 4]);
  });

  it('spreads the users of a worker evenly over the frame interval', () => {
    const { roster, added } = rig([1], 1);
    roster.add(100);
    const phases = added()
      .map((user) => user.phase)
      .sort((a, b) => a - b);
    const gaps = phases.slice(1).map((phase, i) => phase - (phases[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.03);
  });

  it('takes the newest users off first and gives new ones new numbers', () => {
    const { roster, added, removed } = rig([1], 1);
    roster.add(5);
    roster.remove(2);
    expect(removed().sort()).toEqual([4, 5]);
    expect([roster.size, roster.alive]).toEqual([3, 5]);
    roster.add(1);
    expect(added().at(-1)?.vu).toBe(6);
  });

  it('comes to a number in steps, and knows who is gone', () => {
    const { roster } = rig([1], 2);
    roster.match(5, 3);
    expect(roster.size).toBe(3);
    roster.match(5, 3);
    roster.match(1, 3);
    expect([roster.size, roster.alive]).toEqual([1, 5]);
    expect([roster.gone(2), roster.gone(2), roster.alive]).toEqual([true, false, 4]);
  });

  it('hands arrivals of users that stay out as stamps, over as many workers as there are places', () => {
    const sent: { worker: number; message: ToWorker }[] = [];
    const places = Places.of(2);
    const roster = new Roster({
      load: 3,
      shares: new Shares([
        { group: 0, weight: 1 },
        { group: 1, weight: 1 },
      ]),
      numbering: new Numbering(3),
      staying: { are: () => true, workers: 3, places },
      send: (worker, message) => sent.push({ worker, message }),
    });
    roster.expect([10, 20, 30, 40]);
    expect(sent).toEqual([
      {
        worker: 0,
        message: { type: 'arrive', load: 3, at: Float64Array.of(10, 30), group: Uint16Array.of(0, 0) },
      },
      {
        worker: 1,
        message: { type: 'arrive', load: 3, at: Float64Array.of(20, 40), group: Uint16Array.of(1, 1) },
      },
    ]);
    expect(roster.alive).toBe(0);
    expect([places.userCame(), places.userCame(), roster.alive]).toEqual([1, 2, 2]);
    places.userLeft();
    expect(roster.alive).toBe(1);
  });
});
