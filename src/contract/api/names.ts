/**
 * The names alone, without schemas: the preload is bundled from this file and must stay small.
 * The type below fails to compile when a name is missing here or unknown there.
 */
import type { CallNames, EventNames } from './define.ts';
import type { Api } from './index.ts';

export const apiNames = {
  app: { calls: ['info', 'openExternal', 'recorder'], events: [] },
  checks: { calls: ['start', 'cancel', 'last', 'frames'], events: ['progress'] },
  clips: {
    calls: [
      'ofConversation',
      'facts',
      'audio',
      'generate',
      'cancelGeneration',
      'generation',
      'verify',
      'mend',
    ],
    events: ['progress', 'changed'],
  },
  conversations: {
    calls: [
      'list',
      'get',
      'save',
      'duplicate',
      'remove',
      'restore',
      'importYaml',
      'importFolder',
      'exportYaml',
      'saveAsScenario',
      'beginRecording',
      'addToRecording',
      'finishRecording',
      'cancelRecording',
    ],
    events: ['changed'],
  },
  environments: {
    calls: ['list', 'read', 'check', 'create', 'save', 'duplicate', 'remove', 'restore', 'probe'],
    events: ['changed'],
  },
  machine: { calls: ['get', 'calibrate', 'cancelCalibration'], events: ['progress'] },
  packs: { calls: ['plan', 'write', 'cancel'], events: ['progress'] },
  runs: {
    calls: [
      'list',
      'row',
      'get',
      'edit',
      'setBaseline',
      'addMarker',
      'removeMarker',
      'startPractice',
      'start',
      'preview',
      'stop',
      'abort',
      'setUsers',
      'samples',
      'series',
      'turns',
      'calls',
      'errors',
      'errorList',
      'call',
      'recordings',
      'recording',
      'recordedMessages',
      'recordedAudio',
      'remove',
      'restore',
    ],
    events: ['tick', 'phase', 'changed', 'notice'],
  },
  scenarios: {
    calls: [
      'list',
      'read',
      'check',
      'create',
      'save',
      'rename',
      'duplicate',
      'remove',
      'restore',
      'presets',
      'importText',
    ],
    events: ['changed'],
  },
  secrets: { calls: ['list', 'set', 'forget'], events: ['changed'] },
  settings: { calls: ['get', 'update'], events: ['changed'] },
  voices: { calls: ['list', 'azure', 'setAzure', 'forgetAzureSecret', 'test'], events: [] },
  comparisons: { calls: ['compare', 'periods', 'scenarios', 'trend'], events: [] },
  history: {
    calls: ['facts', 'backup', 'cancelBackup', 'prunePlan', 'prune', 'setRetention'],
    events: ['progress'],
  },
  notifications: { calls: ['get', 'set', 'test'], events: ['news', 'open'] },
  reports: { calls: ['make', 'read', 'discard', 'save', 'cancel'], events: ['progress'] },
  requests: { calls: ['steps', 'summary', 'checks', 'list', 'kept', 'get'], events: [] },
  resources: { calls: ['processes', 'offered'], events: ['points'] },
  results: { calls: ['begin', 'add', 'look', 'finish', 'cancel'], events: ['progress'] },
  review: { calls: ['distributions', 'breakdown', 'heatMap', 'connections', 'audio'], events: [] },
  schedules: { calls: ['list', 'save', 'remove', 'texts'], events: ['changed'] },
  services: { calls: ['methods', 'feedPreview'], events: [] },
  workspace: { calls: ['get', 'choose', 'browse', 'opened'], events: ['changed'] },
} as const;

type Names = typeof apiNames;
type Listed<T extends readonly string[]> = T[number];
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Complete = {
  [D in keyof Api]: Same<CallNames<Api[D]>, Listed<Names[D]['calls']>> &
    Same<EventNames<Api[D]>, Listed<Names[D]['events']>>;
};

/** Compiles only while every call and event is listed. */
export const namesAreComplete: Complete = {
  app: true,
  checks: true,
  clips: true,
  conversations: true,
  environments: true,
  machine: true,
  packs: true,
  runs: true,
  scenarios: true,
  secrets: true,
  settings: true,
  voices: true,
  comparisons: true,
  history: true,
  notifications: true,
  reports: true,
  requests: true,
  resources: true,
  results: true,
  review: true,
  schedules: true,
  services: true,
  workspace: true,
};
