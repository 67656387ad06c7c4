/** A button that is disabled while its work goes on loses the keyboard; this gives it back. */

/** Whether nobody has the keyboard who could use it. */
function isNowhere(): boolean {
  const active = document.activeElement;
  return active === null || active === document.body || !active.checkVisibility();
}

/**
 * Gives the focus back to a control that lost it by being disabled, once it is enabled again and the operator has not gone
 * elsewhere; also after a dialog that was opened meanwhile. Returns how to stop.
 */
export function keepFocus(): () => void {
  let lost: HTMLElement | null = null;
  const giveBack = () => {
    if (lost?.isConnected && !lost.matches(':disabled') && isNowhere()) lost.focus();
  };
  const observer = new MutationObserver(giveBack);
  const onLeave = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || !target.matches(':disabled')) return;
    lost = target;
    observer.disconnect();
    observer.observe(target, { attributeFilter: ['disabled'] });
  };
  const onEnter = ({ target }: FocusEvent) => {
    if (target instanceof Element && target.closest('dialog') !== null) return;
    lost = null;
    observer.disconnect();
  };
  document.addEventListener('focusout', onLeave);
  document.addEventListener('focusin', onEnter);
  // A dialog's own event does not bubble.
  document.addEventListener('close', giveBack, true);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusout', onLeave);
    document.removeEventListener('focusin', onEnter);
    document.removeEventListener('close', giveBack, true);
  };
}
