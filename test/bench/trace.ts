/** One event of a Chromium trace, as far as it is looked at. Times in microseconds, of one clock for all processes. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

/**
 * For each key that was marked: milliseconds from the dispatch of its event to the end of the paint that follows the mark of
 * what it led to, in the same thread. Keys that led to nothing are left out.
 */
export function paintsAfterKeys(events: readonly TraceEvent[], keyMark: string, shownMark: string): number[] {
  const sorted = events.toSorted((a, b) => a.ts - b.ts);
  const marks = sorted.filter(({ name }) => name === keyMark || name === shownMark);
  return marks.flatMap((mark, index) => {
    const shown = marks[index + 1];
    if (mark.name !== keyMark || shown?.name !== shownMark) return [];
    const isHere = (event: TraceEvent): boolean => event.pid === mark.pid && event.tid === mark.tid;
    const key = sorted.findLast(
      (event) =>
        event.ts <= mark.ts && isHere(event) && event.name === 'EventDispatch' && event.args?.data?.type === 'keydown',
    );
    const paint = sorted.find((event) => event.ts >= shown.ts && isHere(event) && event.name === 'Paint');
    return key === undefined || paint === undefined ? [] : [(paint.ts + (paint.dur ?? 0) - key.ts) / 1000];
  });
}
