/** Which rows of a long table are worth drawing. */

export interface RowWindow {
  /** First row drawn. */
  from: number;
  /** Row after the last one drawn. */
  to: number;
  /** Empty height above and below, so that the scroll bar is true. */
  above: number;
  below: number;
}

const spare = 8;

/** The rows in view and a few around them. */
export function rowWindow(
  total: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): RowWindow {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const from = Math.max(0, Math.min(first - spare, total));
  const to = Math.min(total, first + Math.ceil(viewHeight / rowHeight) + spare);
  return {
    from,
    to: Math.max(from, to),
    above: from * rowHeight,
    below: (total - Math.max(from, to)) * rowHeight,
  };
}
