import { programVersion } from '../../runs/origin.ts';
import type { WebhookFormat } from '../address.ts';
import type { EndedRun } from '../news.ts';
import { jsonMessage } from './json.ts';
import { slackMessage, slackText } from './slack.ts';
import { teamsMessage, teamsText } from './teams.ts';

/** What a webhook is sent at the end of a run. */
export function messageOf(format: WebhookFormat, run: EndedRun): Record<string, unknown> {
  switch (format) {
    case 'json':
      return jsonMessage(run);
    case 'teams':
      return teamsMessage(run);
    case 'slack':
      return slackMessage(run);
  }
}

/** What a webhook is sent to see whether it works. */
export function testMessage(format: WebhookFormat): Record<string, unknown> {
  const title = 'Crosstalk: a test message';
  const text = 'Runs that end are told here.';
  switch (format) {
    case 'json':
      return { schema: 1, event: 'test', title, text, sent_by: `Crosstalk ${programVersion()}` };
    case 'teams':
      return teamsText(title, text);
    case 'slack':
      return slackText(title, text);
  }
}
