import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { afterEach, describe, expect, it, vi } from 'vitest';

const stand = await vi.hoisted(async () => {
  const events = await import('node:events');
  return { ipcMain: new events.EventEmitter() };
});
vi.mock('electron', () => ({ ipcMain: stand.ipcMain }));

const { eventChannel, eventsTo, seenChannel } = await import('./ipc.ts');

afterEach(() => stand.ipcMain.removeAllListeners());

/** A window whose page takes events in only when the test says so. */
class HungPage extends EventEmitter {
  readonly mainFrame = { parent: null, url: 'app://crosstalk/#/runs' };
  readonly sent: unknown[][] = [];
  isDestroyed = () => false;
  getURL = () => 'app://crosstalk/';
  send(...args: unknown[]) {
    this.sent.push(args);
  }
  says(number: unknown, frame: unknown = this.mainFrame) {
    stand.ipcMain.emit(seenChannel, { sender: this, senderFrame: frame }, number);
  }
}

function open() {
  const page = new HungPage();
  return { page, ...eventsTo(page as never as WebContents) };
}

const many = Array.from({ length: 5000 }, (_, i) => i);

describe('a page that hangs', () => {
  it('has only so many ticks before it, and gets them again once it takes them in', () => {
    const { page, send } = open();
    for (const t of many) send('runs.tick', { t });
    expect(page.sent).toHaveLength(8);
    expect(page.sent[7]).toEqual([eventChannel, 'runs.tick', { t: 7 }, 8]);
    page.says(3);
    for (const t of many) send('runs.tick', { t });
    expect(page.sent).toHaveLength(11);
    page.says(11);
    send('runs.tick', { t: 'last' });
    expect(page.sent.at(-1)).toEqual([eventChannel, 'runs.tick', { t: 'last' }, 12]);
  });

  it('is told of everything else, within a bound of its own', () => {
    const { page, send } = open();
    for (const t of many) send('runs.tick', { t });
    send('runs.phase', { phase: 'finished' });
    expect(page.sent.at(-1)).toEqual([eventChannel, 'runs.phase', { phase: 'finished' }, 9]);
    for (const t of many) send('runs.changed', { t });
    expect(page.sent).toHaveLength(1000);
  });

  it('is told again after it was loaded anew', () => {
    const { page, send } = open();
    for (const t of many) send('runs.changed', { t });
    page.says(null);
    send('runs.tick', {});
    expect(page.sent).toHaveLength(1001);
    // What the page before had taken in changes nothing.
    page.says(4);
    for (const t of many) send('runs.tick', { t });
    expect(page.sent).toHaveLength(1008);
  });

  it('is believed itself alone, and only about what it was sent', () => {
    const { page, send } = open();
    const other = new HungPage();
    for (const t of many) send('runs.tick', { t });
    other.says(8);
    page.says(8, { parent: page.mainFrame, url: 'app://crosstalk/' });
    page.says(8, { parent: null, url: 'https://agent.test/' });
    page.says(9);
    page.says('8');
    page.says(Number.NaN);
    send('runs.tick', {});
    expect(page.sent).toHaveLength(8);
  });

  it('is forgotten with its window', () => {
    const { end } = open();
    expect(stand.ipcMain.listenerCount(seenChannel)).toBe(1);
    end();
    expect(stand.ipcMain.listenerCount(seenChannel)).toBe(0);
  });
});
