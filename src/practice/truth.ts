/** The record of what truly happened, as JSON lines. */
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { TruthLine, type TruthCall, type TruthTurn } from '#contract/practice';
import { fail, ok, type Result } from '#contract/errors';
import type { FrameMoment } from './hearing/endpointing.ts';

const flushEveryMs = 250;

function text(stamp: bigint | null): string | null {
  return stamp === null ? null : stamp.toString();
}

/** What happened in one turn, gathered while it happens. */
export class TurnTruth {
  readonly callId: string;
  readonly turn: number;
  onset: FrameMoment;
  endOfSpeech: FrameMoment | null = null;
  firstMessage: bigint | null = null;
  firstAudio: bigint | null = null;
  lastAudio: bigint | null = null;
  interrupted: bigint | null = null;
  stop: bigint | null = null;
  readonly faults = new Set<string>();

  constructor(callId: string, turn: number, onset: FrameMoment) {
    this.callId = callId;
    this.turn = turn;
    this.onset = onset;
  }

  /** A transcript, a text, a tool's message or audio of this turn went out. */
  message(stamp: bigint): void {
    this.firstMessage ??= stamp;
  }

  audio(stamp: bigint): void {
    this.message(stamp);
    this.firstAudio ??= stamp;
    this.lastAudio = stamp;
  }

  line(): TruthTurn {
    return {
      kind: 'turn',
      callId: this.callId,
      turn: this.turn,
      onsetNs: text(this.onset.at),
      onsetFrame: this.onset.frame,
      endOfSpeechNs: text(this.endOfSpeech?.at ?? null),
      endOfSpeechFrame: this.endOfSpeech?.frame ?? null,
      firstMessageNs: text(this.firstMessage),
      firstAudioNs: text(this.firstAudio),
      lastAudioNs: text(this.lastAudio),
      interruptedNs: text(this.interrupted),
      stopNs: text(this.stop),
      fault: this.faults.size > 0 ? [...this.faults].join(',') : null,
      answered: this.firstAudio !== null,
    };
  }
}

/** Opening and end of one call, gathered while it happens. */
export class CallTruth {
  readonly callId: string;
  readonly accepted: bigint;
  upgraded: bigint | null = null;
  setup: bigint | null = null;
  greeting: bigint | null = null;
  closed: bigint | null = null;
  closeCode: number | null = null;
  frames = 0;
  readonly faults = new Set<string>();

  constructor(callId: string, accepted: bigint) {
    this.callId = callId;
    this.accepted = accepted;
  }

  line(): TruthCall {
    return {
      kind: 'call',
      callId: this.callId,
      acceptedNs: this.accepted.toString(),
      upgradedNs: text(this.upgraded),
      setupNs: text(this.setup),
      greetingNs: text(this.greeting),
      closedNs: text(this.closed),
      closeCode: this.closeCode,
      framesReceived: this.frames,
      fault: this.faults.size > 0 ? [...this.faults].join(',') : null,
    };
  }
}

/** Where the lines go. */
export interface TruthLog {
  write(line: TruthLine): void;
  /** Resolves when everything is on disk (or cannot be). */
  close(): Promise<void>;
}

export const noTruthLog: TruthLog = { write: () => undefined, close: () => Promise.resolve() };

/**
 * Opens a log file anew; lines are on disk within a quarter of a second. An earlier log is replaced, any other
 * existing file is left alone and refused. A disk that fails later is reported once through `onProblem`.
 */
export async function openTruthLog(
  file: string,
  onProblem: (message: string) => void,
): Promise<Result<TruthLog>> {
  if (!mayReplace(file)) {
    return fail(
      'conflict',
      'log_not_ours',
      `${file} exists and is not a log of the practice agent; choose another file for --log`,
    );
  }
  const stream = createWriteStream(file, { flags: 'w' });
  const failure = await new Promise<Error | null>((resolve) => {
    stream.once('open', () => resolve(null));
    stream.once('error', resolve);
  });
  if (failure) {
    return fail(
      'unavailable',
      'log_not_writable',
      `The log ${file} cannot be written (${failure.message}); choose another file for --log`,
    );
  }
  return ok(buffered(stream, file, onProblem));
}

function mayReplace(file: string): boolean {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return true;
  }
  const first = content.slice(0, content.indexOf('\n') + 1 || undefined).trim();
  if (first === '') return content.trim() === '';
  try {
    return TruthLine.safeParse(JSON.parse(first)).success;
  } catch {
    return false;
  }
}

function buffered(stream: WriteStream, file: string, onProblem: (message: string) => void): TruthLog {
  let lines: string[] = [];
  let broken = false;
  stream.on('error', (error) => {
    if (!broken) onProblem(`The log ${file} is incomplete from here on: ${error.message}`);
    broken = true;
  });
  const flush = (): void => {
    if (lines.length === 0 || broken) return;
    stream.write(lines.join(''));
    lines = [];
  };
  const timer = setInterval(flush, flushEveryMs);
  return {
    write(line) {
      if (!broken) lines.push(`${JSON.stringify(line)}\n`);
    },
    close() {
      clearInterval(timer);
      flush();
      return new Promise((resolve) => {
        if (broken || stream.destroyed) resolve();
        else {
          stream.once('error', () => resolve());
          stream.end(() => resolve());
        }
      });
    },
  };
}
