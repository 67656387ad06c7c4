/**
 * wavesurfer.js under a policy that allows no inline styles. It writes a `<style>` into its shadow root and knows only
 * one way around the policy, a nonce, which a page served as a file does not have. So it is built on an element that is not in
 * the page yet, where styles are not applied; what it wrote becomes a style sheet object (which the policy does not
 * concern) before the element is shown.
 */
import WaveSurfer, { type WaveSurferOptions } from 'wavesurfer.js';

/** Puts a waveform into an element. */
export function createWaveSurfer(
  parent: HTMLElement,
  options: Omit<WaveSurferOptions, 'container'>,
): WaveSurfer {
  const container = document.createElement('div');
  const surfer = WaveSurfer.create({ ...options, container });
  const root = surfer.getWrapper().getRootNode();
  if (root instanceof ShadowRoot) {
    for (const style of root.querySelectorAll('style')) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style.textContent);
      root.adoptedStyleSheets.push(sheet);
      style.remove();
    }
  }
  parent.replaceChildren(container);
  return surfer;
}
