/** What is given to Locust: on a command line, in a locust.conf, as LOCUST_… variables, or by the tool's own Makefile. */
import type { Variable } from '../variables/read.ts';
import { shellCommands } from '../shellWords.ts';
import { isLocustOption, longName, takes } from './options.ts';

/** One option: its long name, how it was written, its value (empty when it has none). */
export interface Given {
  name: string;
  spelled: string;
  value: string;
}

export interface LocustCall {
  options: Given[];
  /** Names of user classes. */
  classes: string[];
  /** Variables set for this command. */
  variables: Variable[];
  /** It was `make run_load_test …`. */
  byMake: boolean;
}

const assignment = /^([A-Za-z_]\w*)=(.*)$/s;

/** Commands that name Locust without starting it; `from` and `import` are those of a locustfile. */
const others =
  /^(pip3?|apt(-get)?|brew|conda|which|echo|cd|git|cat|rm|cp|mv|mkdir|grep|pkill|killall|from|import|#.*)$/;

function isLocust(word: string): boolean {
  if (assignment.test(word)) return false;
  return /(^|[\\/])locust(\.exe)?$/i.test(word) || /(^|\/)locustio\/locust(:[\w.-]+)?$/.test(word);
}

/** The words after `locust`, as options. */
function readOptions(words: readonly string[]): { options: Given[]; classes: string[] } {
  const options: Given[] = [];
  const classes: string[] = [];
  let i = 0;
  const isValue = (word: string | undefined): word is string =>
    word !== undefined && (!word.startsWith('-') || /^-\d/.test(word));
  const valueAfter = (name: string): string => {
    const how = takes(name);
    if (how === 'nothing') return '';
    const values: string[] = [];
    while (isValue(words[i]) && (how === 'several' || values.length === 0)) values.push(words[i++] ?? '');
    return values.join(' ');
  };
  while (i < words.length) {
    const word = words[i++] ?? '';
    const long = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    const short = /^-([A-Za-z])(.*)$/s.exec(word);
    if (long?.[1] !== undefined) {
      const name = longName(long[1]);
      options.push({ name, spelled: `--${long[1]}`, value: long[2] ?? valueAfter(name) });
    } else if (short?.[1] !== undefined) {
      const name = longName(short[1]);
      const attached = (short[2] ?? '').replace(/^=/, '');
      options.push({ name, spelled: `-${short[1]}`, value: attached === '' ? valueAfter(name) : attached });
    } else if (/^[A-Za-z_]\w*$/.test(word)) classes.push(word);
  }
  return { options, classes };
}

/** `make run_load_test URL=… CONVERSATIONS=50 CONCURRENT=10`: what that target of the tool's Makefile calls. */
function readMake(command: readonly string[]): LocustCall | null {
  if (!command.some((word) => /(^|\/)make$/.test(word)) || !command.includes('run_load_test')) return null;
  const set = new Map<string, string>();
  for (const word of command) {
    const match = assignment.exec(word);
    if (match?.[1] !== undefined) set.set(match[1], match[2] ?? '');
  }
  const names: Record<string, string> = { URL: 'host', CONVERSATIONS: 'users', CONCURRENT: 'spawn-rate' };
  const fallbacks: Record<string, string> = { CONVERSATIONS: '20', CONCURRENT: '20' };
  const options = Object.entries(names).flatMap(([variable, name]): Given[] => {
    const value = set.get(variable) ?? fallbacks[variable];
    return value === undefined ? [] : [{ name, spelled: variable, value }];
  });
  options.push({ name: 'run-time', spelled: '--run-time', value: '10m' });
  options.push({ name: 'stop-timeout', spelled: '--stop-timeout', value: '60' });
  const variables = [...set].filter(([name]) => !(name in names)).map(([name, value]) => ({ name, value }));
  return { options, classes: [], variables, byMake: true };
}

function readCommand(command: readonly string[]): LocustCall | null {
  const made = readMake(command);
  if (made) return made;
  let at = command.findIndex(isLocust);
  const first = command.findIndex((word) => !assignment.test(word));
  if (first !== -1 && others.test(command[first] ?? '')) return null;
  // `-u 100 -r 10` alone: what stands behind the word.
  if (at === -1 && first !== -1 && command[first]?.startsWith('-') === true) {
    const given = readOptions(command.slice(first)).options;
    if (!given.some((option) => isLocustOption(option.name))) return null;
    at = first - 1;
  } else if (at === -1) return null;
  const variables = command.slice(0, at + 1).flatMap((word): Variable[] => {
    const match = assignment.exec(word.replace(/^(?:--env=|-e)/, ''));
    return match?.[1] === undefined ? [] : [{ name: match[1], value: match[2] ?? '' }];
  });
  return { ...readOptions(command.slice(at + 1)), variables, byMake: false };
}

const setting = /^\s*([a-z][a-z-]*|[ufrtHPLTEi])\s*[=:\s]\s*(.*?)\s*$/;

/** A locust.conf, or the section of Locust in a pyproject.toml; empty when the text is none. */
export function readConfiguration(text: string): Given[] {
  const given: Given[] = [];
  for (const line of text.split(/\r\n?|\n/)) {
    if (/^\s*([#;[]|$)/.test(line)) continue;
    const match = setting.exec(line.replace(/\s[#;].*$/, ''));
    const spelled = match?.[1] ?? '';
    const name = longName(spelled);
    if (!match || (spelled.length > 1 && !isLocustOption(name))) return [];
    const value = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    if (takes(name) === 'nothing' && /^(false|0|no|off)$/i.test(value)) continue;
    given.push({ name, spelled, value: takes(name) === 'nothing' ? '' : value });
  }
  return given;
}

/** Every call of Locust in a text. */
export function readCommands(text: string): LocustCall[] {
  const calls: LocustCall[] = [];
  let exported: Variable[] = [];
  for (const command of shellCommands(text.replace(/^\uFEFF/, ''))) {
    const words = command.map((word, i) => (i === 0 ? word.replace(/^(?:\$|>|@)(?=\S)/, '') : word));
    const call = readCommand(words.filter((word) => word !== '$' && word !== '@'));
    if (call) calls.push({ ...call, variables: [...exported, ...call.variables] });
    else {
      const set = words.flatMap((word): Variable[] => {
        const match = assignment.exec(word);
        return match?.[1] === undefined ? [] : [{ name: match[1], value: match[2] ?? '' }];
      });
      exported = [...exported, ...set];
    }
  }
  return calls;
}
