import { describe, expect, test } from 'vitest';
import { dialects, statusMessage, toolDone, toolEnd, toolProgress, toolStart } from './dialects.ts';

const pcm = Buffer.from([1, 2, 3, 4]);
const at = new Date('2026-01-02T03:04:05.678Z');
const context =
  '"session_context":{"session_id":"s1","restricted_to_session":true,"timestamp":1767323045.678}';

describe('dialects', () => {
  test('snapshot', () => {
    expect(dialects.snapshot.audio(pcm)).toBe(
      '{"kind":"AudioData","AudioData":{"data":"AQIDBA=="},"StopAudio":null}',
    );
    expect(dialects.snapshot.stop).toBe('{"Kind": "StopAudio", "AudioData": null, "StopAudio": {}}');
  });

  test('main', () => {
    expect(dialects.main.audio(pcm)).toBe(
      '{"kind":"AudioData","audioData":{"data":"AQIDBA==","timestamp":null,"participantRawID":null,"silent":false}}',
    );
    expect(dialects.main.stop).toBe('{"kind":"StopAudio","AudioData":null,"StopAudio":{}}');
  });

  test('status envelope', () => {
    expect(statusMessage('s1', 'User', 'hello', at)).toBe(
      '{"type":"status","topic":"system","session_id":"s1","call_id":null,"user_id":null,"sender":"User",' +
        `"ts":"2026-01-02T03:04:05.678Z","payload":{"message":"hello"},${context}}`,
    );
  });

  test('tool messages', () => {
    const call = { sessionId: 's1', callId: '0a1b2c3d', tool: 'look_up' };
    const begin = '"callId":"0a1b2c3d","tool":"look_up","ts":1767323045.678';
    expect(toolStart(call, { turn: 2 }, at)).toBe(
      `{"type":"tool_start",${begin},"args":{"turn":2},${context}}`,
    );
    expect(toolProgress(call, 50, 'on it', at)).toBe(
      `{"type":"tool_progress",${begin},"pct":50,"note":"on it",${context}}`,
    );
    expect(toolEnd(call, 400, { found: true }, at)).toBe(
      `{"type":"tool_end",${begin},"status":"success","elapsedMs":400,"result":{"found":true},"error":null,${context}}`,
    );
    expect(toolDone('look_up')).toBe('🛠️ look_up ✔️');
  });
});
