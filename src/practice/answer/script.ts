/** What an answer consists of, moment by moment, before any of it is sent. */
import type { PracticeConfig } from '#contract/practice';
import { agentLabel, statusMessage, toolDone, toolEnd, toolProgress, toolStart } from '../dialects.ts';
import type { TurnDraws } from '../faults.ts';
import { msOf, nsOf } from '../time.ts';
import type { AudioFrame, FrameBank } from './frames.ts';

/** One thing to send, `at` nanoseconds after the answer's beginning. */
export type Step = { at: bigint } & (
  | { kind: 'audio'; frame: AudioFrame }
  /** Made when it is sent, because it carries the time. */
  | { kind: 'text'; message: () => string }
  /** Not JSON. */
  | { kind: 'garbage'; text: string }
  | { kind: 'drop'; code: number }
);

const garbage = '{"kind":"AudioData","AudioData":{"data":';
const tool = 'look_up_policy';

/** The settings a script is made from. */
type Voice = Pick<
  PracticeConfig,
  | 'sentences'
  | 'sentence'
  | 'sentence_gap'
  | 'pace'
  | 'transcripts'
  | 'tool_time'
  | 'tool_preamble'
  | 'faults'
>;

/** Lays one sentence after another on a time line. */
class ScriptWriter {
  readonly steps: Step[] = [];
  at = 0n;
  readonly #paced: boolean;
  readonly #gap: bigint;

  constructor(voice: Pick<Voice, 'pace' | 'sentence_gap'>) {
    this.#paced = voice.pace === 'paced';
    this.#gap = nsOf(voice.sentence_gap);
  }

  text(message: () => string): void {
    this.steps.push({ at: this.at, kind: 'text', message });
  }

  /** `gapBefore`: this is not the first sentence. */
  sentence(frames: readonly AudioFrame[], gapBefore: boolean): void {
    if (gapBefore) this.at += this.#gap;
    for (const frame of frames) {
      this.steps.push({ at: this.at, kind: 'audio', frame });
      if (this.#paced) this.at += frame.duration;
    }
  }
}

/** The greeting: one piece of speech, with its text when the dialect sends that. */
export function greetingScript(
  config: Pick<PracticeConfig, 'pace' | 'sentence_gap' | 'greeting_length' | 'transcripts'>,
  bank: FrameBank,
  textFor: string | null,
  variant: number,
): Step[] {
  const script = new ScriptWriter(config);
  if (textFor !== null && config.transcripts) {
    script.text(() =>
      statusMessage(textFor, agentLabel, 'Hello, thank you for calling. How can I help you?'),
    );
  }
  script.sentence(bank.speech(config.greeting_length, variant), false);
  return script.steps;
}

/**
 * The answer to a turn: a tool call when one was drawn (after a sentence, with `tool_preamble`), the sentences, and the
 * whole text at the end, as the real server sends them; with the turn's faults in their places.
 */
export function answerScript(
  config: Voice,
  bank: FrameBank,
  draws: TurnDraws,
  sessionId: string,
  turn: number,
): Step[] {
  const script = new ScriptWriter(config);
  const say = (message: string) => script.text(() => statusMessage(sessionId, agentLabel, message));
  let spoken = 0;
  const sentence = () => {
    script.sentence(bank.speech(config.sentence, draws.variant + spoken), spoken > 0);
    spoken++;
  };
  if (draws.tool) {
    if (config.tool_preamble) {
      sentence();
      if (config.transcripts) say('One moment, let me look that up.');
    }
    const call = { sessionId, callId: draws.toolCallId, tool };
    const start = script.at;
    script.text(() => toolStart(call, { turn }));
    script.at = start + nsOf(config.tool_time / 2);
    script.text(() => toolProgress(call, 50, 'looking it up'));
    script.at = start + nsOf(config.tool_time);
    script.text(() => toolEnd(call, msOf(script.at - start), { found: true }));
    if (config.transcripts) say(toolDone(tool));
  }
  for (let i = 0; i < config.sentences; i++) sentence();
  if (config.transcripts) say(`This is the answer to what you said in turn ${turn}.`);
  if (draws.garbage) insertAfterAudio(script.steps, 1, { kind: 'garbage', text: garbage });
  if (draws.drop) {
    const half = Math.ceil(script.steps.filter((step) => step.kind === 'audio').length / 2);
    insertAfterAudio(script.steps, half, { kind: 'drop', code: config.faults.drop_code });
  }
  return script.steps;
}

type Fault = { kind: 'garbage'; text: string } | { kind: 'drop'; code: number };

function insertAfterAudio(steps: Step[], count: number, fault: Fault): void {
  let seen = 0;
  const index = steps.findIndex((step) => step.kind === 'audio' && ++seen === count);
  const before = steps[index];
  if (before) steps.splice(index + 1, 0, { at: before.at, ...fault });
}
