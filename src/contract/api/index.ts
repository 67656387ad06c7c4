import { appApi } from './app.ts';
import { checksApi } from './checks.ts';
import { clipsApi } from './clips.ts';
import { conversationsApi } from './conversations.ts';
import type { CallNames, DomainClient, DomainHandlers, EventNames, EventPayload } from './define.ts';
import { environmentsApi } from './environments.ts';
import { machineApi } from './machine.ts';
import { packsApi } from './packs.ts';
import { runsApi } from './runs.ts';
import { scenariosApi } from './scenarios.ts';
import { secretsApi } from './secrets.ts';
import { settingsApi } from './settings.ts';
import { voicesApi } from './voices.ts';
import { workspaceApi } from './workspace.ts';
import { comparisonsApi } from './comparisons.ts';
import { historyApi } from './history.ts';
import { notificationsApi } from './notifications.ts';
import { reportsApi } from './reports.ts';
import { requestsApi } from './requests.ts';
import { resourcesApi } from './resources.ts';
import { resultsApi } from './results.ts';
import { reviewApi } from './review.ts';
import { schedulesApi } from './schedules.ts';
import { servicesApi } from './services.ts';

/** Every call and event of the application, by domain. Doors, handlers and screens derive from this one object. */
export const api = {
  app: appApi,
  checks: checksApi,
  clips: clipsApi,
  conversations: conversationsApi,
  environments: environmentsApi,
  machine: machineApi,
  packs: packsApi,
  runs: runsApi,
  scenarios: scenariosApi,
  secrets: secretsApi,
  settings: settingsApi,
  voices: voicesApi,
  comparisons: comparisonsApi,
  history: historyApi,
  notifications: notificationsApi,
  reports: reportsApi,
  requests: requestsApi,
  resources: resourcesApi,
  results: resultsApi,
  review: reviewApi,
  schedules: schedulesApi,
  services: servicesApi,
  workspace: workspaceApi,
} as const;

export type Api = typeof api;
export type ApiClient = { [D in keyof Api]: DomainClient<Api[D]> };
export type ApiHandlers = { [D in keyof Api]: DomainHandlers<Api[D]> };

/** `domain.name` of every call, and of every event. */
export type CallChannel = { [D in keyof Api]: `${D}.${Extract<CallNames<Api[D]>, string>}` }[keyof Api];
export type EventChannel = { [D in keyof Api]: `${D}.${Extract<EventNames<Api[D]>, string>}` }[keyof Api];

/** Publishes an event to every listener of this process's doors. */
export type Publish = <D extends keyof Api, K extends EventNames<Api[D]>>(
  domain: D,
  name: K,
  payload: EventPayload<Api[D], K>,
) => void;
