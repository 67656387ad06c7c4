import { describe, expect, it } from 'vitest';
import { MessageLog } from './messageLog.ts';
import { messageText } from './messageText.ts';

const audible = 100;
const sound = { kind: 'AudioData', bytes: 900, audioMs: 20, amplitude: 3276.8 };
const silence = { ...sound, amplitude: 10 };

describe('the log of messages', () => {
  it('tells audio in stretches of sound and of silence', () => {
    const log = new MessageLog(audible);
    const frames = [
      ...Array.from({ length: 30 }, () => silence),
      ...Array.from({ length: 40 }, () => sound),
      // The gap between two words is part of what is said.
      ...Array.from({ length: 10 }, () => silence),
      ...Array.from({ length: 10 }, () => ({ ...sound, amplitude: 32_768 })),
      ...Array.from({ length: 60 }, () => silence),
    ];
    frames.forEach((audio, i) => log.audio('sent', audio, i * 20));
    log.end();
    expect(log.take()).toMatchObject([
      { at: 0, direction: 'sent', class: null, count: 30, audioMs: 600, bytes: 27_000, level: -70.3 },
      { at: 600, count: 80, audioMs: 1600, level: 0 },
      { at: 2200, count: 40, audioMs: 800 },
    ]);
    expect(log.take()).toEqual([]);
  });

  it('ends a stretch with a pause, with another message of that side, and after five seconds', () => {
    const log = new MessageLog(audible);
    for (const at of [0, 20, 1000, 1020]) log.audio('received', sound, at);
    log.audio('sent', sound, 1030);
    const stop = { direction: 'received', kind: 'StopAudio', class: 'stop', bytes: 40, text: '{}' } as const;
    log.message({ ...stop, at: 1040 });
    log.audio('received', sound, 1060);
    for (let at = 1080; at < 8000; at += 20) log.audio('received', sound, at);
    log.end();
    const lines = log.take();
    expect(lines.filter((m) => m.direction === 'received').map((m) => [m.at, m.kind, m.count])).toEqual([
      [0, 'AudioData', 2],
      [1000, 'AudioData', 2],
      [1040, 'StopAudio', 1],
      [1060, 'AudioData', 250],
      [6060, 'AudioData', 97],
    ]);
    expect(lines.filter((m) => m.direction === 'sent')).toMatchObject([{ count: 1, level: -20 }]);
  });

  it('has a level for digital silence', () => {
    const log = new MessageLog(audible);
    log.audio('received', { ...sound, amplitude: 0 }, 0);
    log.end();
    expect(log.take()).toMatchObject([{ level: -96, class: 'audio' }]);
  });
});

describe('the text of a message', () => {
  it('leaves out what is encoded in it', () => {
    const json = `{"type":"image","data":"${'QUJD'.repeat(5000)}=","text":"a/b"}`;
    expect(messageText(Buffer.from(json))).toBe('{"type":"image","data":"(20001 characters)","text":"a/b"}');
  });

  it('is cut at 4,000 characters, and not within one', () => {
    const long = messageText(Buffer.from('Grüße 🙂 '.repeat(2000)));
    expect(long).toHaveLength(4000);
    expect(long.endsWith('…')).toBe(true);
    expect(long.isWellFormed()).toBe(true);
    expect(messageText(Buffer.from(`a${'🙂'.repeat(3000)}`)).isWellFormed()).toBe(true);
    const huge = messageText(Buffer.from('a b '.repeat(50_000)));
    expect(huge).toHaveLength(4000);
    expect(messageText(Buffer.from('short'))).toBe('short');
  });
});
