/** `README.md` of a pack: what it is and what to type, for whoever opens the folder. */
import type { PackCheck, PackPlan, PackPurpose } from '#contract/api/packs';
import { formatDuration } from '#contract/quantities';
import { usersPerProcess, type PackLoad } from './load.ts';
import type { PackTarget } from './target.ts';
import { vaultName } from './testYaml.ts';

export interface ReadmeParts {
  name: string;
  purpose: PackPurpose;
  load: PackLoad;
  target: PackTarget;
  conversations: { name: string; turns: number }[];
  clips: number;
  archives: readonly string[];
  commands: PackPlan['commands'];
  /** What the pack could not take over from the scenario, and what else is to be known. */
  notes: readonly PackCheck[];
}

const requests = `| request          | from → to                                                                                  |
| ---------------- | ------------------------------------------------------------------------------------------ |
| \`ttfa\`           | end of speech → first audio of the answer: the headline                                    |
| \`ttfb\`           | end of speech → first transcript, text, tool or audio message; never a stop                |
| \`turn\`           | end of speech → end of the answer as it is heard (turns that were not interrupted)         |
| \`barge_in\`       | first voiced frame of an interruption → the agent is silent                                |
| \`greeting\`       | call set up → first audio of the agent                                                     |
| \`connect\`        | start of the TCP connect → WebSocket open                                                  |
| \`turn_success\`   | every finished turn; fails when it timed out or was lost                                   |
| \`dropped\`        | a call that ended too early; always a failure                                              |
| \`frame_lateness\` | once a second: how late the frames of this Locust process were sent (its 99th percentile) |`;

const measuring = `End of speech is the moment at which the frame with the last voiced sample was sent; trailing silence is not waited
for. An answer that does not come is a failure with its timeout as value, so a dead agent never looks fast.

**When \`frame_lateness\` exceeds 10 ms the process has too many users, and its other figures are not to be trusted.** About ${usersPerProcess}
calls are what one process carries; more need more processes or engines.

Each metric is a request of its own, so that it can be judged by itself. Totals over all requests (requests per second, the
overall error percentage, the aggregated row) therefore count a turn several times and say little.
Locust's own percentiles are rounded to two digits.`;

const variables = `Every variable of the original load test works and comes before what the pack says: \`WS_URL\`, \`PCM_DIR\`, \`TURNS_PER_USER\`,
\`CHUNKS_PER_TURN\`, \`CHUNK_MS\`, \`SAMPLE_RATE\`, \`FIRST_BYTE_TIMEOUT_SEC\`, \`TURN_TIMEOUT_SEC\`, \`BARGE_QUIET_MS\`,
\`RESPONSE_TOKENS\`, \`END_TOKENS\`, \`WS_IGNORE_CLOSE_EXCEPTIONS\`. Headers: \`WS_HEADERS\` as JSON, or one variable each
(\`WS_HEADER_X_API_KEY\`). The head of \`locustfile.py\` has all of them.`;

function toSet({ variables: needed }: PackTarget, purpose: PackPurpose): string {
  if (needed.length === 0) return '';
  const rows = needed.map(({ name, holds, secret }) => {
    const where =
      purpose === 'azure' && secret ? `, as the secret \`${vaultName(name)}\` of your key vault` : '';
    return `- \`${name}\`: ${holds}${where}`;
  });
  return `
## To be set before it runs

A pack holds no secrets and no headers.

${rows.join('\n')}
`;
}

const azureNotes = ({ load, archives }: ReadmeParts): string => `
## Worth knowing

- **Users.** Azure's documents disagree: \`LOCUST_USERS\` is the total of all engines in the newer ones, of each engine in older
  ones. With ${load.engineInstances} ${load.engineInstances === 1 ? 'engine both are the same' : `engines that is ${load.users} or ${load.users * load.engineInstances} users: look at \`VirtualUsers\` of the first run, and divide if need be`}.
- **Engines.** They are well while their average CPU and memory stay under 75 %; \`frame_lateness\` says the same more exactly.
- **Results.** With more than 45 engines, or after more than 3 hours, Azure offers no results for download: copy its artifacts
  from the storage address it shows, which holds for an hour.
- **Packages.** The locustfile needs none: without websocket-client it uses its own WebSocket client.${archives.length > 0 ? `\n- **Clips** lie in ${archives.join(', ')}; the locustfile reads them from there whether they are unpacked or not.` : ''}
- Criteria state what fails the test, by the *acceptable* tier of the scenario's thresholds: Azure knows no warning.
`;

const locustNotes = `
## Worth knowing

- At the end the log says how the scenario's thresholds came out; the exit code is 99 when one failed, 98 when a process was overloaded, else 0.
- \`locust --processes -1\` (since 2.19) uses every core; before that, one \`--worker\` for each.
- Debian's 2.12.1 does not know its own version, so its master turns workers away: there only single processes work.
- \`CROSSTALK_TURNS_FILE=turns.jsonl\` writes every turn as a line of JSON.
`;

/** The text of the pack's README. */
export function packReadme(parts: ReadmeParts): string {
  const { load, target, conversations, purpose } = parts;
  const said = conversations.map(({ name, turns }) => `${name} (${turns})`).join(', ');
  const commands = parts.commands.map(({ what, command }) => `# ${what}\n${command}\n`).join('\n');
  const notes = parts.notes.filter(({ level }) => level !== 'ok').map(({ text }) => `- ${text}`);
  return `# ${parts.name}

A load test of a real-time voice agent for ${purpose === 'azure' ? 'Azure Load Testing' : 'Locust'}, exported by Crosstalk: ${load.users} callers, ${load.spawnRate} more
each second, for ${formatDuration(load.durationMs)}, against \`${target.shownUrl || 'WS_URL'}\`.

Conversations (turns): ${said}; ${parts.clips} clips.
${toSet(target, purpose)}
## Commands

\`\`\`sh
${commands}\`\`\`
${notes.length > 0 ? `\n## About this pack\n\n${notes.join('\n')}\n` : ''}
## What is measured

${requests}

${measuring}

## Variables

${variables}
${purpose === 'azure' ? azureNotes(parts) : locustNotes}`;
}
