/** A run's end for an incoming webhook of Slack: a text for notifications, and blocks (https://docs.slack.dev/reference/block-kit). */
import { wordsOf, type EndedRun } from '../news.ts';

const longestHeader = 150;
const longestSection = 2900;
/** Fields of one section. */
const mostFields = 10;
const mostRemarks = 12;

/** What would begin a link or an entity. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function header(text: string): Record<string, unknown> {
  const short = text.length > longestHeader ? `${text.slice(0, longestHeader - 1)}…` : text;
  return { type: 'header', text: { type: 'plain_text', text: short, emoji: false } };
}

const markdown = (text: string) => ({ type: 'mrkdwn', text: text.slice(0, longestSection) });

export function slackMessage(run: EndedRun): Record<string, unknown> {
  const { title, body, verdict, figures, remarks } = wordsOf(run);
  const facts = [{ name: 'verdict', value: verdict }, ...figures].slice(0, mostFields);
  const fields = facts.map(({ name, value }) => markdown(`*${escaped(name)}*\n${escaped(value)}`));
  const said = remarks
    .slice(0, mostRemarks)
    .map((remark) => `• ${escaped(remark)}`)
    .join('\n');
  return {
    text: escaped(`${title}. ${body}`),
    blocks: [
      header(title),
      { type: 'section', fields },
      ...(said === '' ? [] : [{ type: 'section', text: markdown(said) }]),
      {
        type: 'context',
        elements: [markdown(`Run ${escaped(run.runId)}, started ${escaped(run.summary.started_at)}`)],
      },
    ],
  };
}

export function slackText(title: string, text: string): Record<string, unknown> {
  return {
    text: escaped(`${title}. ${text}`),
    blocks: [header(title), { type: 'section', text: markdown(escaped(text)) }],
  };
}
