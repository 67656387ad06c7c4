/** The offline voice as the application sees it: a helper process, started when first needed. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { samplesOf } from '#contract/audio/level';
import { diskReason } from '../../../diskReason.ts';
import type { HostedProcess, ProcessHost } from '../../../processes/host.ts';
import { cancelled, type SpeakOptions, type Voice } from '../voice.ts';
import { OfflineVoiceReply, OfflineVoiceRequest, offlineVoices } from './messages.ts';
import { spellForOfflineVoice } from './spelling.ts';

/** Longest time for an utterance, ms: the process may still have to start, and a long text takes ten seconds on a free core. */
function patienceMs(text: string): number {
  return 60_000 + text.length * 30;
}

/** A voice that must be closed, or its process stays. */
export interface OfflineVoice extends Voice {
  close(): Promise<void>;
}

interface Job {
  request: OfflineVoiceRequest;
  settle(result: Result<Int16Array>): void;
}

/**
 * English only; speaks without a network, one utterance after another. Errors: `cannot_say` (another script),
 * `unknown_voice`, `voice_failed` (the process broke), `cancelled`.
 */
export function createOfflineVoice(processes: ProcessHost): OfflineVoice {
  const waiting: Job[] = [];
  let speaking: Job | null = null;
  let timer: NodeJS.Timeout | undefined;
  let running: HostedProcess | null = null;
  let tidied: Promise<void> = Promise.resolve();
  let nextId = 1;
  let closed = false;

  function start(): HostedProcess {
    // It writes each utterance into a file, and may be ended before it has removed it.
    const scratch = mkdtempSync(join(tmpdir(), 'crosstalk-voice-'));
    const tidy = () => rm(scratch, { recursive: true, force: true }).catch(() => undefined);
    const child = processes.spawn('offline-voice', [], {
      env: { TMPDIR: scratch, TEMP: scratch, TMP: scratch },
    });
    running = child;
    tidied = child.exited.then(tidy);
    child.onMessage((message) => {
      const reply = OfflineVoiceReply.safeParse(message);
      if (!reply.success || reply.data.id !== speaking?.request.id) return;
      if ('pcm' in reply.data) finish(ok(samplesOf(reply.data.pcm)));
      else finish(fail('internal', 'voice_failed', `The offline voice failed: ${reply.data.error}`));
    });
    void child.exited.then(({ stderr }) => {
      if (running !== child) return;
      running = null;
      finish(
        fail('internal', 'voice_failed', 'The process of the offline voice ended before it had spoken.', {
          detail: stderr,
        }),
      );
    });
    return child;
  }

  function speakNext(): void {
    const job = speaking === null ? waiting.shift() : undefined;
    if (job === undefined) return;
    speaking = job;
    timer = setTimeout(tooLate, patienceMs(job.request.text));
    try {
      (running ?? start()).send(job.request);
    } catch (thrown) {
      const why = `The offline voice cannot write in ${tmpdir()}: ${diskReason(thrown)}.`;
      finish(fail('unavailable', 'voice_failed', why));
    }
  }

  function tooLate(): void {
    const child = running;
    running = null;
    finish(fail('internal', 'voice_failed', 'The offline voice did not answer in time; try again.'));
    void child?.kill();
  }

  function finish(result: Result<Int16Array>): void {
    clearTimeout(timer);
    const job = speaking;
    speaking = null;
    job?.settle(result);
    speakNext();
  }

  /** What is being spoken is spoken to its end and not heard; what waits is left out. */
  function leaveOut(job: Job): void {
    const at = waiting.indexOf(job);
    if (at >= 0) waiting.splice(at, 1);
    job.settle({ ok: false, error: cancelled });
  }

  async function synthesise(text: string, options: SpeakOptions): Promise<Result<Int16Array>> {
    const request = requestFor(text, options.name, nextId++);
    if (!request.ok) return request;
    const { signal } = options;
    if (closed || signal?.aborted) return { ok: false, error: cancelled };
    return await new Promise((resolve) => {
      const giveUp = () => leaveOut(job);
      const job: Job = {
        request: request.value,
        settle(result) {
          signal?.removeEventListener('abort', giveUp);
          resolve(result);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting.push(job);
      speakNext();
    });
  }

  return {
    synthesise,
    async close() {
      closed = true;
      for (const job of waiting.slice()) leaveOut(job);
      if (speaking !== null) leaveOut(speaking);
      await running?.kill();
      await tidied;
    },
  };
}

/** What the process is asked; fails for what it cannot say. */
function requestFor(text: string, voice: string, id: number): Result<OfflineVoiceRequest> {
  const spelled = spellForOfflineVoice(text);
  if ('unspeakable' in spelled || !/[a-z0-9]/i.test(spelled.text)) {
    const what = 'unspeakable' in spelled ? `"${spelled.unspeakable}"` : JSON.stringify(text);
    return fail(
      'invalid_input',
      'cannot_say',
      `The offline voice speaks English only and cannot say ${what}; give the turn a clip instead.`,
    );
  }
  const request = OfflineVoiceRequest.safeParse({ id, text: spelled.text, voice });
  if (request.success) return ok(request.data);
  return fail(
    'invalid_input',
    'unknown_voice',
    `There is no offline voice "${voice}"; it is one of ${offlineVoices.join(', ')}.`,
  );
}
