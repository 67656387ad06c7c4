/** Answers what screens ask about recorded calls. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export type RecordingHandlers = Pick<
  ApiHandlers['runs'],
  'recordings' | 'recording' | 'recordedMessages' | 'recordedAudio'
>;

export function createRecordingHandlers(): RecordingHandlers {
  return {
    recordings: notBuilt,
    recording: notBuilt,
    recordedMessages: notBuilt,
    recordedAudio: notBuilt,
  };
}
