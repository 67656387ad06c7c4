/** What is typed into the form of a pack, and the pack it asks for. */
import type { PackInput, PackPlan, PackPurpose } from '#contract/api/packs';
import { formatDuration, parseDuration } from '#contract/quantities';

/** The fields that are typed, as they stand. An empty one leaves the choice to the scenario. */
export interface PackFields {
  name: string;
  url: string;
  users: string;
  spawnRate: string;
  duration: string;
  engineInstances: string;
  maxTurns: string;
}
export type PackField = keyof PackFields;

export const emptyFields: Readonly<PackFields> = {
  name: '',
  url: '',
  users: '',
  spawnRate: '',
  duration: '',
  engineInstances: '',
  maxTurns: '',
};

export interface PackForm {
  source: PackInput['source'];
  purpose: PackPurpose;
  /** Names of those to take; null: all. */
  conversations: string[] | null;
  fields: PackFields;
}

/** The pack a form asks for; null as long as a field cannot be understood. Problems by their field. */
export interface ReadPackForm {
  input: PackInput | null;
  problems: Partial<Record<PackField | 'conversations', string>>;
}

const mostUsers = 100_000;
const mostEngines = 400;
const mostTurns = 10_000;

/** Reads a form. */
export function readPackForm({ source, purpose, conversations, fields }: PackForm): ReadPackForm {
  const problems: ReadPackForm['problems'] = {};
  const wrong = (field: PackField | 'conversations', sentence: string): undefined => {
    problems[field] = sentence;
  };
  const whole = (field: PackField, most: number): number | undefined => {
    const text = fields[field].trim();
    if (text === '') return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
    return wrong(field, `A whole number from 1 to ${most.toLocaleString('en')} is needed.`);
  };
  const rate = (): number | undefined => {
    const text = fields.spawnRate.trim().replace(',', '.');
    if (text === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    return wrong('spawnRate', 'A number above 0 is needed.');
  };
  const duration = (): number | undefined => {
    const text = fields.duration.trim();
    if (text === '') return undefined;
    const ms = parseDuration(text);
    if (ms !== null && ms > 0) return ms;
    return wrong('duration', 'A duration with its unit is needed, like 5m or 1m30s.');
  };
  const url = (): string | undefined => {
    const text = fields.url.trim();
    if (text === '') return undefined;
    if (/^(wss?:\/\/[^\s/?#]|\$\{)\S*$/i.test(text)) return text;
    return wrong('url', 'It must start with ws:// or wss:// and name a host.');
  };
  if (conversations?.length === 0) wrong('conversations', 'Choose at least one conversation.');

  const input: PackInput = {
    source,
    purpose,
    conversations: conversations ?? undefined,
    name: fields.name.trim() || undefined,
    url: url(),
    users: whole('users', mostUsers),
    spawnRate: rate(),
    durationMs: duration(),
    engineInstances: purpose === 'azure' ? whole('engineInstances', mostEngines) : undefined,
    maxTurns: whole('maxTurns', mostTurns),
  };
  return { input: Object.keys(problems).length === 0 ? input : null, problems };
}

/** What stands in an empty field: the value the plan took for it. */
export function plannedFields(plan: PackPlan | null): PackFields {
  if (plan === null) return { ...emptyFields };
  return {
    name: plan.name,
    url: plan.url,
    users: String(plan.users),
    spawnRate: String(plan.spawnRate),
    duration: formatDuration(plan.durationMs),
    engineInstances: String(plan.engineInstances),
    maxTurns: 'all',
  };
}

const zip = /\.zip$/i;

/** Whether a path names a zip. */
export function isZip(path: string): boolean {
  return zip.test(path.trim());
}

/** The same place as a zip or as a folder. */
export function asKind(path: string, kind: 'folder' | 'zip'): string {
  const bare = path.trim().replace(/[\\/]+$/, '');
  if (bare === '' || isZip(bare) === (kind === 'zip')) return path;
  return kind === 'zip' ? `${bare}.zip` : bare.replace(zip, '');
}
