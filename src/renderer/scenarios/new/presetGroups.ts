/** Presets as they are offered: by who is in them. Pure. */
import { parseDocument } from 'yaml';
import type { ScenarioPreset } from '#contract/api/scenarios';
import { kindsIn } from '../requests/readSteps.ts';

export interface PresetGroup {
  title: string;
  presets: ScenarioPreset[];
}

function titleOf(preset: ScenarioPreset): string {
  if (preset.id.startsWith('blank-')) return 'Nearly empty';
  const document = parseDocument(preset.yaml);
  const kinds = kindsIn(document.errors.length > 0 ? null : document.toJS());
  const others = kinds.has('http') || kinds.has('grpc');
  if (!others) return 'Voice calls';
  return kinds.has('voice') ? 'Voice calls and requests' : 'Requests to services';
}

/** In the order of the first preset of each group. */
export function presetGroups(presets: readonly ScenarioPreset[]): PresetGroup[] {
  const groups = new Map<string, ScenarioPreset[]>();
  for (const preset of presets) {
    const title = titleOf(preset);
    groups.set(title, [...(groups.get(title) ?? []), preset]);
  }
  return [...groups].map(([title, own]) => ({ title, presets: own }));
}
