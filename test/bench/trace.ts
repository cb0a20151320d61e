/** One event of a Chromium trace, as far as it is looked at. Times in microseconds, of one clock for all processes. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly args?: { readonly data?: { readonly type?: string } };
}

/** Categories in which the events are that are looked at. */
export const traceCategories = ['devtools.timeline', 'blink.user_timing'];

/**
 * For each key that was marked: milliseconds from the dispatch of its event until the frame is on the screen that draws what
 * it led to, which is the next mark. Keys that led to nothing are left out.
 */
export function framesAfterKeys(events: readonly TraceEvent[], keyMark: string, shownMark: string): number[] {
  const sorted = events.toSorted((a, b) => a.ts - b.ts);
  const marks = sorted.filter(({ name }) => name === keyMark || name === shownMark);
  return marks.flatMap((mark, index) => {
    const shown = marks[index + 1];
    if (mark.name !== keyMark || shown?.name !== shownMark) return [];
    const ofPage = sorted.filter(({ pid }) => pid === mark.pid);
    const key = ofPage.findLast(
      ({ name, ts, tid, args }) =>
        ts <= mark.ts && tid === mark.tid && name === 'EventDispatch' && args?.data?.type === 'keydown',
    );
    const after = (ts: number, name: string, ph: string): TraceEvent | undefined =>
      ofPage.find((event) => event.ts >= ts && event.name === name && event.ph === ph);
    const begun = after(shown.ts, 'AnimationFrame::Render', 'b');
    const drawn = after(begun?.ts ?? Infinity, 'AnimationFrame::Render', 'e');
    const presented = after(drawn?.ts ?? Infinity, 'AnimationFrame::Presentation', 'n');
    return key === undefined || presented === undefined ? [] : [(presented.ts - key.ts) / 1000];
  });
}
