/** Boxes that float over the page beside the button that opened them. */

const gap = 4;
const margin = 8;

/**
 * Attach to the box (`popover="manual"`): shows it below its button, or above where there is no room, and asks to be
 * closed when the operator scrolls, resizes or presses elsewhere.
 */
export function float(
  trigger: HTMLElement | undefined,
  close: () => void,
  align: 'left' | 'right' = 'left',
): (box: HTMLElement) => (() => void) | undefined {
  return (box) => {
    if (!trigger) return undefined;
    box.showPopover();
    const at = trigger.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const wanted = align === 'left' ? at.left : at.right - width;
    const fitsBelow = at.bottom + gap + height <= window.innerHeight - margin;
    box.style.left = `${Math.max(margin, Math.min(window.innerWidth - width - margin, wanted))}px`;
    box.style.top = `${fitsBelow ? at.bottom + gap : Math.max(margin, at.top - gap - height)}px`;
    const elsewhere = (event: Event) => {
      const target = event.target;
      if (target instanceof Node && (box.contains(target) || trigger.contains(target))) return;
      close();
    };
    const events = ['pointerdown', 'scroll', 'resize'] as const;
    for (const name of events) window.addEventListener(name, elsewhere, { capture: true });
    return () => {
      for (const name of events) window.removeEventListener(name, elsewhere, { capture: true });
    };
  };
}
