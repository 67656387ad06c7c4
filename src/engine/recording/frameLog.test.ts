import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocketServer } from 'ws';
import {
  agentAudio,
  control,
  listen,
  onEndOfSpeech,
  planFor,
  play,
  tone,
} from '../../../test/fixtures/throwAwayProtocol.ts';
import { FrameLog } from './frameLog.ts';
import { recordingBounds } from './recordings.ts';

describe('the frames of a call over a real socket', () => {
  let server: WebSocketServer;
  let url: string;
  beforeEach(async () => {
    ({ server, url } = await listen());
    server.on('connection', (socket) => {
      onEndOfSpeech(socket, () => {
        socket.send(agentAudio(1, tone(320, 9000)));
        socket.send('{"words":"text of an unknown kind"}', { binary: false });
        socket.send(control('mark:m1'));
        socket.send(control('done:1'));
      });
    });
  });
  afterEach(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });

  it('are told one by one, in both directions, with their levels', async () => {
    const told = await play(planFor(url, {}, { record: 1, everyFrame: true }));
    const frames = told.parts.flatMap((part) => part.frames);
    expect(frames.map((frame) => frame.n)).toEqual(frames.map((_, i) => i));
    expect(frames.map((frame) => frame.at)).toEqual(frames.map((frame) => frame.at).sort((a, b) => a - b));
    expect(frames[0]).toMatchObject({ direction: 'sent', kind: 'hello', class: 'setup', level: null });
    const sent = frames.filter((frame) => frame.direction === 'sent' && frame.class === 'audio');
    expect(sent).toHaveLength(told.framesSent);
    expect(sent.every((frame) => frame.audioMs === 20 && frame.bytes === 642 && frame.text === null)).toBe(
      true,
    );
    // 6000 and the noise of a quiet room, of 32,768.
    expect(new Set(sent.map((frame) => frame.level).filter((level) => (level ?? -100) > -50))).toEqual(
      new Set([-14.7]),
    );
    expect(Math.max(...sent.map((frame) => frame.level ?? 0).filter((level) => level < -50))).toBeLessThan(
      -70,
    );
    const received = frames.filter((frame) => frame.direction === 'received');
    expect(
      received.slice(0, 4).map(({ kind, class: meaning, level, audioMs }) => [kind, meaning, level, audioMs]),
    ).toEqual([
      ['audio', 'audio', -11.2, 20],
      ['"words":"text of an unknown kind"}', 'other', null, null],
      ['mark', 'mark', null, null],
      ['done', 'response_end', null, null],
    ]);
    expect(received[1]?.text).toBe('{"words":"text of an unknown kind"}');
    expect(frames.some((frame) => frame.kind === 'played:m1' && frame.class === 'other')).toBe(true);
  });

  it('are not told when nobody asks for them', async () => {
    const told = await play(planFor(url, {}, { record: 1 }));
    expect(told.parts.flatMap((part) => part.frames)).toEqual([]);
    expect(told.parts.flatMap((part) => part.messages).length).toBeGreaterThan(0);
  });

  it('are counted beyond the most that is kept', async () => {
    const bounds = { ...recordingBounds, frames: { frames: 5, characters: 1000 } };
    const told = await play(planFor(url, {}, { record: 1 }), bounds);
    expect(told.parts.flatMap((part) => part.frames)).toHaveLength(5);
    expect(told.parts.at(-1)?.framesLost).toBeGreaterThanOrEqual(told.framesSent - 5);
  });
});

describe('the text of a frame', () => {
  const message = (data: string) => ({ data: Buffer.from(data), binary: false });

  it('has its audio replaced by its length, sent and received', () => {
    const log = new FrameLog(100, { frames: 10, characters: 10_000 });
    const audio = `{"kind":"AudioData","audioData":{"data":"${'AAAA'.repeat(60)}","silent":false}}`;
    log.stage(Buffer.from(audio));
    log.sentAudio({ kind: 'AudioData', bytes: audio.length, audioMs: 20, amplitude: 0 }, 120.5);
    log.received({ class: 'other', kind: 'AudioData (empty)' }, message(audio), null, 130);
    const [sent, received] = log.take();
    const text = '{"kind":"AudioData","audioData":{"data":"(240 characters)","silent":false}}';
    expect(sent).toMatchObject({ n: 0, at: 20.5, text, level: -96, audioMs: 20 });
    expect(received).toMatchObject({ n: 1, at: 30, text, level: null, audioMs: null });
  });

  it('is cut at 20,000 characters, and all together are bounded', () => {
    const log = new FrameLog(0, { frames: 10, characters: 25_000 });
    for (let n = 0; n < 3; n++)
      log.received({ class: 'other', kind: 'note' }, message('long words '.repeat(3000)), null, n);
    const frames = log.take();
    expect(frames.map((frame) => frame.text?.length)).toEqual([20_000, 20_000]);
    expect(log.lost).toBe(1);
    expect(log.take()).toEqual([]);
  });
});
