/** LOCUST_… variables: every option of Locust can be given as one. */
import type { Variable } from '../variables/read.ts';
import { isLocustOption, longName, takes } from './options.ts';
import type { Given } from './read.ts';

function optionOf(variable: string): string | null {
  if (!variable.startsWith('LOCUST_')) return null;
  const name = longName(variable.slice('LOCUST_'.length).toLowerCase().replaceAll('_', '-'));
  return isLocustOption(name) ? name : null;
}

/** Whether a variable is one of Locust's. */
export function isLocustVariable(name: string): boolean {
  return optionOf(name) !== null;
}

/** Those of Locust among variables, as options; a switch that is off is none. */
export function locustOfVariables(variables: readonly Variable[]): Given[] {
  return variables.flatMap(({ name: spelled, value }): Given[] => {
    const name = optionOf(spelled);
    if (name === null || value.trim() === '') return [];
    const isSwitch = takes(name) === 'nothing';
    if (isSwitch && /^(false|0|no|off)$/i.test(value)) return [];
    return [{ name, spelled, value: isSwitch ? '' : value.trim() }];
  });
}
