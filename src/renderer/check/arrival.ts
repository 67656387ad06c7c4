/** Whether a screen is shown because the page was loaded at it, not because somebody went there. */

let first = true;
const loadedAt = location.hash;

/** True once: for the place the page was loaded at. */
export function arrivedByLoad(): boolean {
  const is = first && location.hash === loadedAt;
  first = false;
  return is;
}
