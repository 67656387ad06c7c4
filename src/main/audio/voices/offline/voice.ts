/** The offline voice as the application sees it: a helper process, started when first needed. */
import { fail, ok, type Result } from '#contract/errors';
import { samplesOf } from '#contract/audio/level';
import type { HostedProcess, ProcessHost } from '../../../processes/host.ts';
import { cancelled, type SpeakOptions, type Voice } from '../voice.ts';
import { OfflineVoiceReply, OfflineVoiceRequest, offlineVoices } from './messages.ts';
import { spellForOfflineVoice } from './spelling.ts';

const answerWithinMs = 60_000;

/** A voice that must be closed, or its process stays. */
export interface OfflineVoice extends Voice {
  close(): Promise<void>;
}

/** English only; speaks without a network. Errors: `cannot_say` (another script), `voice_failed` (the process broke). */
export function createOfflineVoice(processes: ProcessHost): OfflineVoice {
  const waiting = new Map<number, (result: Result<Int16Array>) => void>();
  let running: HostedProcess | null = null;
  let nextId = 1;

  function start(): HostedProcess {
    const child = processes.spawn('offline-voice');
    running = child;
    child.onMessage((message) => {
      const reply = OfflineVoiceReply.safeParse(message);
      if (!reply.success) return;
      const settle = waiting.get(reply.data.id);
      if ('pcm' in reply.data) settle?.(ok(samplesOf(reply.data.pcm)));
      else settle?.(fail('internal', 'voice_failed', `The offline voice failed: ${reply.data.error}`));
    });
    void child.exited.then(({ stderr }) => {
      if (running === child) running = null;
      for (const settle of [...waiting.values()]) {
        settle(
          fail('internal', 'voice_failed', 'The process of the offline voice ended before it had spoken.', {
            detail: stderr,
          }),
        );
      }
    });
    return child;
  }

  async function synthesise(text: string, options: SpeakOptions): Promise<Result<Int16Array>> {
    const spelled = spellForOfflineVoice(text);
    if ('unspeakable' in spelled || !/[a-z0-9]/i.test(spelled.text)) {
      const what = 'unspeakable' in spelled ? `"${spelled.unspeakable}"` : JSON.stringify(text);
      return fail(
        'invalid_input',
        'cannot_say',
        `The offline voice speaks English only and cannot say ${what}; give the turn a clip instead.`,
      );
    }
    const request = OfflineVoiceRequest.safeParse({ id: nextId++, text: spelled.text, voice: options.name });
    if (!request.success) {
      return fail(
        'invalid_input',
        'unknown_voice',
        `There is no offline voice "${options.name}"; it is one of ${offlineVoices.join(', ')}.`,
      );
    }
    const { signal } = options;
    if (signal?.aborted) return { ok: false, error: cancelled };
    const child = running ?? start();
    return await new Promise((resolve) => {
      const giveUp = () => settle({ ok: false, error: cancelled });
      signal?.addEventListener('abort', giveUp, { once: true });
      const timer = setTimeout(() => {
        settle(fail('internal', 'voice_failed', 'The offline voice did not answer within a minute.'));
        void child.kill();
      }, answerWithinMs);
      function settle(result: Result<Int16Array>): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        waiting.delete(request.data?.id ?? 0);
        resolve(result);
      }
      waiting.set(request.data.id, settle);
      child.send(request.data);
    });
  }

  return {
    synthesise,
    async close() {
      await running?.kill();
    },
  };
}
