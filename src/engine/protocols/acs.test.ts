import { describe, expect, it } from 'vitest';
import { createAcsAdapter } from './acs.ts';

const audio = { sampleRate: 16_000, frameMs: 20, audibleLevel: -50 };
const samples = (amplitude: number, count = 320) =>
  Int16Array.from({ length: count }, (_, i) => (i % 2 ? -amplitude : amplitude));
const base64 = (pcm: Int16Array) => Buffer.from(pcm.buffer).toString('base64');
const adapter = createAcsAdapter(audio, { response: [], end: [] });
const session = adapter.session({ callId: 'c0ffee', vu: 7 });
const read = (json: string) => session.receive(Buffer.from(json), false)[0];

describe('what the caller sends', () => {
  it('names the call in the headers of the carrier', () => {
    expect(session.handshake().headers).toMatchObject({
      'x-ms-call-connection-id': 'c0ffee',
      'x-ms-call-correlation-id': 'c0ffee',
    });
  });

  it('begins with the metadata of its audio', () => {
    expect(session.setup().map((m) => JSON.parse(m.bytes.toString()) as unknown)).toEqual([
      {
        kind: 'AudioMetadata',
        audioMetadata: {
          subscriptionId: 'c0ffee',
          encoding: 'PCM',
          sampleRate: 16_000,
          channels: 1,
          length: 640,
        },
      },
    ]);
  });

  it('sends frames that are never marked silent, with the time and the caller of this call', () => {
    const pcm = samples(1000);
    const frame = adapter.encode(pcm);
    const other = adapter.session({ callId: 'x', vu: 123_456 });
    expect(JSON.parse(other.frame(frame, Date.UTC(2026, 0, 2, 3, 4, 5, 678)).bytes.toString())).toEqual({
      kind: 'AudioData',
      audioData: {
        timestamp: '2026-01-02T03:04:05.678Z',
        participantRawID: '8:acs:caller-00123456',
        data: base64(pcm),
        silent: false,
      },
    });
    const again = session.frame(frame, Date.UTC(2026, 0, 2, 3, 4, 5, 700.4));
    expect(again.binary).toBe(false);
    expect(again.bytes.toString()).toContain(
      '"timestamp":"2026-01-02T03:04:05.700Z","participantRawID":"8:acs:caller-00000007"',
    );
  });
});

describe('what the agent sends', () => {
  const data = base64(samples(5000));
  it.each([
    ['the 2025 server', `{"kind":"AudioData","AudioData":{"data":"${data}"},"StopAudio":null}`],
    [
      'the 2026 server',
      `{"kind":"AudioData","audioData":{"data":"${data}","timestamp":null,"participantRawID":null,"silent":false}}`,
    ],
    [
      'the .NET SDK',
      `{"Kind":"AudioData","AudioData":{"Data":"${data}","Timestamp":"0001-01-01T00:00:00+00:00","Participant":null,"IsSilent":false},"StopAudio":null}`,
    ],
    [
      'spaced JSON with the payload last',
      `{"kind": "AudioData", "audioData": {"timestamp": null, "silent": false, "data": "${data}"}}`,
    ],
    ['kind after the body', `{"audioData":{"data":"${data}"},"kind":"AudioData"}`],
  ])('audio of %s', (_name, json) => {
    const message = read(json);
    expect(message).toMatchObject({
      class: 'audio',
      kind: 'AudioData',
      audio: { durationMs: 20, speech: true, bytes: 640 },
    });
    expect(message?.audio?.firstAudibleMs()).toBe(0);
  });

  it('tells speech from quiet, and where speech begins within a frame', () => {
    const half = Int16Array.from({ length: 320 }, (_, i) => (i < 160 ? 2 : i % 2 ? -6000 : 6000));
    expect(read(`{"kind":"AudioData","audioData":{"data":"${base64(samples(10))}"}}`)?.audio?.speech).toBe(
      false,
    );
    const message = read(`{"kind":"AudioData","audioData":{"data":"${base64(half)}"}}`);
    expect(message?.audio?.speech).toBe(true);
    expect(message?.audio?.firstAudibleMs()).toBe(10);
  });

  it('reads escaped base64 whole', () => {
    const escaped = base64(samples(-1025)).replaceAll('/', '\\/').replaceAll('+', '\\u002B');
    expect(escaped).toContain('\\');
    expect(read(`{"kind":"AudioData","audioData":{"data":"${escaped}"}}`)?.audio).toMatchObject({
      durationMs: 20,
      bytes: 640,
    });
  });

  it('a frame without samples is never audio', () => {
    expect(read('{"kind":"AudioData","audioData":{"data":""}}')?.class).toBe('other');
    expect(read('{"kind":"AudioData","audioData":null}')?.class).toBe('other');
  });

  it.each([
    ['{"Kind": "StopAudio", "AudioData": null, "StopAudio": {}}', 'stop'],
    ['{"kind":"StopAudio","stopAudio":{}}', 'stop'],
    ['{"type":"status","topic":"system","sender":"User","payload":{"message":"hi"}}', 'user_transcript'],
    ['{"type":"status","sender":"Auth Agent","payload":{"message":"hello"}}', 'agent_text'],
    ['{"kind":"TextData","textData":{"text":"hello","role":"assistant"}}', 'agent_text'],
    ['{"kind":"ErrorData","errorData":{"code":"x","message":"broken"}}', 'error'],
    ['{"type":"tool_start","callId":"1","tool":"x","args":{}}', 'tool_start'],
    ['{"type":"tool_progress","pct":10}', 'other'],
    ['{"type":"tool_end","callId":"1","tool":"x"}', 'tool_end'],
    ['{"type":"session_end","reason":"NORMAL"}', 'session_end'],
    ['{"type":"event","payload":{"event_type":"live_agent_transfer"}}', 'other'],
    ['{"kind":"SomethingNew"}', 'other'],
    ['not json', 'other'],
    ['[1,2]', 'other'],
    ['{"kind":"AudioData","audioData":{"data":"', 'other'],
  ])('%s is %s', (json, expected) => {
    expect(read(json)?.class).toBe(expected);
  });

  it('marker words never match the key "sender" or base64', () => {
    const marked = createAcsAdapter(audio, { response: ['transcript'], end: ['end', 'final'] }).session({
      callId: 'c',
      vu: 1,
    });
    const classOf = (json: string) => marked.receive(Buffer.from(json), false)[0]?.class;
    expect(classOf('{"type":"status","sender":"Assistant","payload":{"message":"How can I help?"}}')).toBe(
      'agent_text',
    );
    expect(classOf('{"type":"assistant_final","content":"bye"}')).toBe('response_end');
    expect(classOf('{"type":"transcript","message":"x"}')).toBe('response_start');
    expect(
      classOf(`{"kind":"AudioData","audioData":{"data":"${Buffer.from('xendx').toString('base64')}"}}`),
    ).toBe('audio');
  });
});
