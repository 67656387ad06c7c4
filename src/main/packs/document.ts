/** `pack.json`: what the locustfile reads. The two go together; `packFormat` changes when their agreement does. */
import type { PackPurpose } from '#contract/api/packs';
import { metricKind } from '#contract/metrics';
import type { ScenarioFile, Threshold, VoiceUser } from '#contract/scenario/file';
import type { PackClips, PackTurn } from './clips.ts';
import { requestMetrics } from './criteria.ts';
import type { PackLoad } from './load.ts';
import type { PackTarget } from './target.ts';

/** The key that marks a pack as written by this program, with the version of its agreement. */
export const packMarker = 'crosstalk_pack';
export const packFormat = 1;

export interface DocumentParts {
  name: string;
  testId: string;
  purpose: PackPurpose;
  file: ScenarioFile;
  clips: PackClips;
  target: PackTarget;
  /** Name of the certificate's file in the pack. */
  ca: string | null;
  load: PackLoad;
  madeBy: string;
  /** Digests of the pack's other texts: whoever changed one would lose that when it is written again. */
  texts: Record<string, string>;
  /** Names of the pack's other files. */
  files: string[];
}

/** A threshold whose metric the locustfile can find in Locust's own statistics. */
function isJudged(row: Threshold): boolean {
  const metrics: readonly string[] = [
    ...requestMetrics,
    'connection_success',
    'turn_success',
    'barge_in_success',
  ];
  const isWhole = Object.keys(row.where ?? {}).length === 0;
  return row.enabled && row.when !== 'mock' && isWhole && metrics.includes(row.metric);
}

function turnOf({ name, clip, bargeInClip, turn }: PackTurn): Record<string, unknown> {
  const bargeIn = turn?.barge_in;
  const timeouts = turn?.timeouts;
  return {
    name,
    clip: clip.filename,
    ...(turn?.pause_before === undefined ? {} : { pause_before: turn.pause_before }),
    ...(timeouts ? { timeouts } : {}),
    ...(bargeIn
      ? {
          barge_in: {
            after: bargeIn.after,
            probability: bargeIn.probability,
            ...(bargeInClip ? { clip: bargeInClip.filename } : {}),
          },
        }
      : {}),
  };
}

function usersOf(user: VoiceUser, turns: readonly PackTurn[][]): Record<string, unknown> {
  return {
    name: user.name,
    weight: user.weight,
    greeting: user.greeting,
    silence: user.silence,
    turns_per_call: user.turns_per_call ?? null,
    calls_per_user: user.calls_per_user === 'forever' ? null : user.calls_per_user,
    pause_between_turns: user.pause_between_turns,
    timeouts: user.timeouts,
    markers: user.markers,
    reconnect: user.reconnect,
    benign_close_codes: user.benign_close_codes,
    conversations: user.conversations.map(({ name, weight }, j) => ({
      name,
      weight,
      turns: (turns[j] ?? []).map(turnOf),
    })),
  };
}

/** The text of `pack.json`. Times are milliseconds, levels dBFS, voiced spans samples of the clip at 16 kHz. */
export function packDocument(parts: DocumentParts): string {
  const { file, clips, target, load } = parts;
  const { audio } = file;
  return `${JSON.stringify(
    {
      [packMarker]: packFormat,
      made_by: parts.madeBy,
      name: parts.name,
      scenario: file.name,
      test_id: parts.testId,
      purpose: parts.purpose,
      url: target.url,
      headers: target.headers,
      tls: { verify: target.tls.verify, ca: parts.ca },
      load: { users: load.users, spawn_rate: load.spawnRate, run_time: load.durationMs },
      audio: {
        sample_rate: audio.sample_rate,
        chunk: audio.chunk,
        max_chunks: audio.max_chunks,
        speech_level: audio.speech_level,
        audible_level: audio.audible_level,
      },
      seed: file.seed ?? null,
      users: file.users.flatMap((user, i) =>
        user.kind === 'voice' ? [usersOf(user, clips.turns[i] ?? [])] : [],
      ),
      thresholds: file.thresholds.filter(isJudged).map((row) => ({
        metric: row.metric,
        stat: row.stat,
        condition: row.condition,
        target: row.target,
        acceptable: row.acceptable,
        kind: metricKind(row.metric),
      })),
      clips: Object.fromEntries(
        clips.clips.map(({ filename, voiced }) => [
          filename,
          { voiced: voiced ? [voiced.firstSample, voiced.lastSample] : null },
        ]),
      ),
      texts: parts.texts,
      files: parts.files,
    },
    null,
    1,
  )}\n`;
}
