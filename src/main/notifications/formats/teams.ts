/**
 * A run's end as an Adaptive Card for the Workflows webhook of Microsoft Teams
 * (https://learn.microsoft.com/connectors/teams: "When a Teams webhook request is received").
 */
import { hasRegressed, wordsOf, type EndedRun } from '../news.ts';

/** A card of more is refused (28 KB). */
const mostRemarks = 12;
const longestText = 1000;

function colourOf(run: EndedRun): string {
  const { verdict, trusted } = run.summary;
  if (verdict === 'fail' || hasRegressed(run)) return 'Attention';
  return verdict === 'warn' || !trusted ? 'Warning' : 'Good';
}

/** What stands in a text block is Markdown. */
function plain(text: string): string {
  return text.slice(0, longestText).replaceAll(/([\\*_[\]#>`~])/g, '\\$1');
}

function card(body: unknown[]): Record<string, unknown> {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body,
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}

const block = (text: string, more: Record<string, unknown> = {}) => ({
  type: 'TextBlock',
  text: plain(text),
  wrap: true,
  ...more,
});

export function teamsMessage(run: EndedRun): Record<string, unknown> {
  const { title, verdict, figures, remarks } = wordsOf(run);
  const facts = [
    { title: 'verdict', value: plain(verdict) },
    ...figures.map(({ name, value }) => ({ title: name, value: plain(value) })),
  ];
  return card([
    block(title, { size: 'Medium', weight: 'Bolder', color: colourOf(run) }),
    { type: 'FactSet', facts },
    ...remarks.slice(0, mostRemarks).map((remark) => block(remark, { spacing: 'Small' })),
    block(`Run ${run.runId}, started ${run.summary.started_at}`, { isSubtle: true, size: 'Small' }),
  ]);
}

export function teamsText(title: string, text: string): Record<string, unknown> {
  return card([block(title, { size: 'Medium', weight: 'Bolder' }), block(text)]);
}
