/** What an operator does with runs once they are there, put together: review, compare, report, import, keep, schedule, be told. */
import { join } from 'node:path';
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { Capabilities } from './capabilities.ts';
import { baselineCompanion, compareWhenMarked } from './comparing/companion.ts';
import { createComparisonHandlers } from './comparing/handlers.ts';
import type { SecretReader } from './environments/values.ts';
import type { History } from './history/history.ts';
import type { CrosstalkHome } from './home.ts';
import type { Webhook } from './notifications/address.ts';
import { createNotifier } from './notifications/companion.ts';
import { createNotificationHandlers } from './notifications/handlers.ts';
import { NotificationStore } from './notifications/settings.ts';
import type { RecordingStore } from './recordings/store.ts';
import { createReportHandlers } from './reports/handlers.ts';
import { resourceCompanion } from './resources/companion.ts';
import { requestCompanion } from './requests/companion.ts';
import { createRequestHandlers } from './requests/handlers.ts';
import { createResourceHandlers } from './resources/handlers.ts';
import { createResultHandlers } from './results/handlers.ts';
import { createHistoryHandlers } from './retention/handlers.ts';
import { keepHistory } from './retention/keeper.ts';
import { createReviewHandlers } from './review/handlers.ts';
import type { RunCompanion } from './runs/companion.ts';
import type { RunService } from './runs/service.ts';
import { createScheduleHandlers } from './schedules/handlers.ts';
import { openSecretStore } from './secrets/secretStore.ts';
import type { SettingsStore } from './settings/settings.ts';

export interface ReviewingOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
  capabilities: Capabilities;
  publish: Publish;
  history: History;
  /** null: nothing is kept on this machine. */
  recordings: RecordingStore | null;
  runs: () => RunService;
  /** Folder of the workspace, at this moment. */
  workspace: () => string;
  /** Starts a scenario as a screen does. */
  start: ApiHandlers['runs']['start'];
  /** Secrets kept on this machine, for `${secret:…}`. */
  secrets: SecretReader;
  /** Told of every run instead of the webhook that is kept. */
  webhook: Webhook | null;
}

export interface Reviewing {
  handlers: Pick<
    ApiHandlers,
    | 'review'
    | 'requests'
    | 'comparisons'
    | 'reports'
    | 'results'
    | 'history'
    | 'schedules'
    | 'notifications'
    | 'resources'
  >;
  /** What goes along with every run, in this order. */
  companions: readonly RunCompanion[];
  close(): Promise<void>;
}

export function createReviewing(options: ReviewingOptions): Reviewing {
  const { home, settings, capabilities, publish, history, recordings, runs, workspace } = options;
  const reports = createReportHandlers({
    history,
    waiting: join(home.folder, 'reports'),
    exports: () => join(workspace(), 'exports'),
    publish,
  });
  const keeper = keepHistory(options);
  const notifications = new NotificationStore(
    settings,
    openSecretStore({
      file: home.secrets,
      encryptedFile: home.encryptedSecrets,
      keyStore: capabilities.keyStore(),
    }),
  );
  const notifier = createNotifier({
    ...{ store: notifications, capabilities, history, publish },
    webhook: options.webhook,
  });
  const stopComparing = compareWhenMarked({ history, publish });
  const results = createResultHandlers({ history, publish, door: capabilities.report().door });
  const schedules = createScheduleHandlers({
    home,
    publish,
    start: options.start,
    door: capabilities.report().door,
  });
  return {
    handlers: {
      review: createReviewHandlers({ history, runs }),
      requests: createRequestHandlers({ history, runs }),
      comparisons: createComparisonHandlers({ history }),
      reports: reports.handlers,
      results: results.handlers,
      history: createHistoryHandlers({ history, settings, recordings, publish, database: home.database }),
      schedules: schedules.handlers,
      notifications: createNotificationHandlers({ store: notifications }),
      resources: createResourceHandlers({ sources: { env: process.env, secrets: options.secrets } }),
    },
    companions: [
      resourceCompanion({ history, publish }),
      requestCompanion({ history, publish }),
      baselineCompanion({ history, publish }),
      // Last: it tells what the others found.
      notifier.companion,
    ],
    async close() {
      schedules.close();
      await results.close();
      reports.close();
      await notifier.close();
      await stopComparing();
      await keeper?.close();
    },
  };
}
