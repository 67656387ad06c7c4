import { describe, expect, test } from 'vitest';
import { PracticeConfig, type PracticeConfigInput } from '#contract/practice';
import { dialects } from '../dialects.ts';
import { drawTurn } from '../faults.ts';
import { msOf } from '../time.ts';
import { loadSpeech } from './audio.ts';
import { FrameBank } from './frames.ts';
import { answerScript, greetingScript, type Step } from './script.ts';

const bank = new FrameBank(loadSpeech(null), dialects.snapshot, 16_000);

function script(input: PracticeConfigInput): Step[] {
  const config = PracticeConfig.parse({ sentence: '60ms', sentence_gap: '100ms', sentences: 2, ...input });
  return answerScript(config, bank, drawTurn(config, 1, 1), 's1', 1);
}

/** What is sent, in short, with its time: `a0` an audio message at the beginning. */
function outline(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    const text = step.kind === 'text' ? (/"type":"(\w+)"/.exec(step.message())?.[1] ?? '?') : step.kind;
    return `${text === 'audio' ? 'a' : text}@${msOf(step.at)}`;
  });
}

describe('script of an answer', () => {
  test('burst: each sentence at once, the text at the end', () => {
    expect(outline(script({ pace: 'burst' }))).toEqual([
      'a@0',
      'a@0',
      'a@0',
      'a@100',
      'a@100',
      'a@100',
      'status@100',
    ]);
  });

  test('paced: as it is spoken', () => {
    expect(outline(script({ pace: 'paced', transcripts: false }))).toEqual([
      'a@0',
      'a@20',
      'a@40',
      'a@160',
      'a@180',
      'a@200',
    ]);
  });

  test('a tool comes first and takes its time; with a preamble a sentence precedes it', () => {
    const tool = { tools: 1, tool_time: '400ms', sentences: 1 } as const;
    expect(outline(script(tool))).toEqual([
      'tool_start@0',
      'tool_progress@200',
      'tool_end@400',
      'status@400',
      ...['a@400', 'a@400', 'a@400'],
      'status@400',
    ]);
    expect(outline(script({ ...tool, tool_preamble: true, transcripts: false }))).toEqual([
      ...['a@0', 'a@0', 'a@0'],
      'tool_start@0',
      'tool_progress@200',
      'tool_end@400',
      ...['a@500', 'a@500', 'a@500'],
    ]);
  });

  test('garbage follows the first audio, a drop comes in the middle', () => {
    const steps = script({
      pace: 'paced',
      transcripts: false,
      faults: { garbage: 1, drop: 1, drop_code: 1011 },
    });
    expect(outline(steps)).toEqual([
      'a@0',
      'garbage@0',
      'a@20',
      'a@40',
      'drop@40',
      'a@160',
      'a@180',
      'a@200',
    ]);
    const garbage = steps.find((step) => step.kind === 'garbage');
    expect(() => JSON.parse(garbage?.kind === 'garbage' ? garbage.text : '{}') as unknown).toThrow();
    expect(steps.find((step) => step.kind === 'drop')).toMatchObject({ code: 1011 });
  });

  test('greeting with and without its text', () => {
    const config = PracticeConfig.parse({ greeting_length: '40ms' });
    expect(outline(greetingScript(config, bank, null, 0))).toEqual(['a@0', 'a@0']);
    expect(outline(greetingScript(config, bank, 's1', 0))).toEqual(['status@0', 'a@0', 'a@0']);
  });
});
