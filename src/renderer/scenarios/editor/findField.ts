import { tick } from 'svelte';
import { formatPath, type ValuePath } from '#contract/scenario/shape';

const control = 'input, textarea, select, button';

/** Opens what is folded around an element. */
function unfold(element: Element): void {
  for (let at: Element | null = element; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
}

/** Shows the field of a value, or the nearest part of the form around it, and puts the keyboard there. False: there is none. */
export async function findField(form: HTMLElement, path: ValuePath): Promise<boolean> {
  for (let length = path.length; length > 0; length--) {
    const name = CSS.escape(formatPath(path.slice(0, length)));
    const found = form.querySelector<HTMLElement>(`[data-path="${name}"]`);
    if (!found) continue;
    unfold(found);
    found.scrollIntoView({ block: 'center' });
    // A row that was far away has its fields only now.
    await tick();
    const within = form.querySelector<HTMLElement>(`[data-path="${CSS.escape(formatPath(path))}"]`) ?? found;
    const target = within.matches(control) ? within : within.querySelector<HTMLElement>(control);
    target?.focus();
    return true;
  }
  return false;
}
