/** What to type to run a pack, in order. */
import type { PackPlan } from '#contract/api/packs';
import type { Archive } from './limits.ts';
import type { PackLoad } from './load.ts';
import type { PackTarget, PackVariable } from './target.ts';
import { testYamlName } from './testYaml.ts';

type Commands = PackPlan['commands'];

export interface CommandParts {
  /** The pack's folder; null: whoever types is in it already. */
  folder: string | null;
  testId: string;
  target: PackTarget;
  load: PackLoad;
  /** Files that go up by themselves beside the script. */
  files: readonly string[];
  archives: readonly Archive[];
}

const resource = '--load-test-resource "$LOAD" --resource-group "$RG"';

/** A word of a shell: quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function goTo(folder: string | null): Commands {
  return folder === null ? [] : [{ what: 'Go to the pack', command: `cd ${shellWord(folder)}` }];
}

/** Uploads of clips that follow one pattern are one loop. */
function uploads(parts: CommandParts): Commands {
  const { testId, files, archives } = parts;
  const upload = (path: string, type: string) =>
    `az load test file upload --test-id ${testId} ${resource} --path ${path} --file-type ${type}`;
  const clips = files.filter((name) => name.endsWith('.pcm'));
  const others = files.filter((name) => !name.endsWith('.pcm'));
  const what = (name: string) => `Upload ${name}`;
  return [
    { what: what('locustfile.py'), command: upload('locustfile.py', 'TEST_SCRIPT') },
    ...others.map((name) => ({ what: what(name), command: upload(name, 'ADDITIONAL_ARTIFACTS') })),
    ...archives.map(({ name }) => ({ what: what(name), command: upload(name, 'ZIPPED_ARTIFACTS') })),
    ...(clips.length === 0
      ? []
      : [
          {
            what: clips.length === 1 ? 'Upload the clip' : `Upload the ${clips.length} clips`,
            command: `for clip in *.pcm; do ${upload('"$clip"', 'ADDITIONAL_ARTIFACTS')}; done`,
          },
        ]),
  ];
}

/** Everything from an empty subscription to the results. */
export function azureCommands(parts: CommandParts): Commands {
  const { testId } = parts;
  const vault = parts.target.variables.filter(({ secret }) => secret);
  return [
    {
      what: 'Your resource group, the load testing resource, its region, and the agent under test',
      command:
        'RG=my-resource-group LOAD=my-load-testing LOCATION=westeurope\n' +
        'AGENT=/subscriptions/…/resourceGroups/…/providers/Microsoft.App/containerApps/my-agent AGENT_TYPE=Microsoft.App/containerApps',
    },
    {
      what: 'Create the load testing resource (once)',
      command: 'az load create --name "$LOAD" --resource-group "$RG" --location "$LOCATION"',
    },
    ...goTo(parts.folder),
    ...(vault.length === 0
      ? []
      : [
          {
            what: `Put your key vault's name into ${testYamlName}, and let the load testing resource read its secrets`,
            command: `sed -i 's/VAULT/my-vault/' ${testYamlName}`,
          },
        ]),
    {
      what: 'Create the test; what its file names is uploaded with it',
      command: `az load test create --test-id ${testId} ${resource} --load-test-config-file ${testYamlName}`,
    },
    {
      what: 'See that everything is there; what is missing, or changes later, is uploaded by the commands that follow',
      command: `az load test file list --test-id ${testId} ${resource} --output table`,
    },
    ...uploads(parts),
    {
      what: 'Watch the agent too',
      command: `az load test app-component add --test-id ${testId} ${resource} --app-component-id "$AGENT" --app-component-name agent --app-component-type "$AGENT_TYPE"`,
    },
    {
      what: 'One of its metrics',
      command: `az load test server-metric add --test-id ${testId} ${resource} --metric-id "$AGENT/providers/microsoft.insights/metricdefinitions/UsageNanoCores" --metric-name UsageNanoCores --metric-namespace "$AGENT_TYPE" --aggregation Average --app-component-id "$AGENT" --app-component-type "$AGENT_TYPE"`,
    },
    {
      what: 'Run it; this waits for the end',
      command: `RUN=${testId.slice(0, 34)}-$(date +%Y%m%d-%H%M%S)\naz load test-run create --test-id ${testId} --test-run-id "$RUN" ${resource}`,
    },
    {
      what: `See how many users there really were: ${parts.load.users} are meant`,
      command: `az load test-run metrics list --test-run-id "$RUN" ${resource} --metric-namespace LoadTestRunMetrics --metric-name VirtualUsers`,
    },
    {
      what: 'Fetch the results',
      command: `az load test-run download-files --test-run-id "$RUN" ${resource} --path results --result --log --force`,
    },
  ];
}

/** `export NAME='<…>'` for everything that must be set. */
export function exportsOf(variables: readonly PackVariable[]): string {
  return variables.map(({ name, example }) => `export ${name}=${shellWord(example)}`).join('\n');
}

/** The same pack by Locust alone. */
export function locustCommands(parts: CommandParts): Commands {
  const { target } = parts;
  return [
    {
      what: 'Locust, once (Debian: apt install python3-locust)',
      command: 'python3 -m pip install locust',
    },
    ...goTo(parts.folder),
    ...(target.variables.length === 0
      ? []
      : [{ what: 'What the pack does not hold', command: exportsOf(target.variables) }]),
    { what: 'Run it in the terminal', command: 'locust --headless' },
    { what: "Or with Locust's own page, on http://localhost:8089", command: 'locust' },
    {
      what: 'Or on several machines: this on one …',
      command: 'locust --master --headless --expect-workers 2',
    },
    {
      what: '… and this, in the same folder, once for each core of the others; the master says how long it runs',
      command: "locust --worker --master-host MASTER --run-time ''",
    },
  ];
}
