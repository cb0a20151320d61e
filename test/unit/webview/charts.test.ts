import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisTicks } from '../../../webview/dashboard/charts.js';

const row = (low: number, high: number) => ({ label: '', value: (low + high) / 2, low, high, n: 10, text: '' });
const ticks = (...args: Parameters<typeof axisTicks>) => axisTicks(...args).map((tick) => Number(tick.toFixed(4)));

describe('the axis of a chart of intervals', () => {
  test('is round numbers around what is shown', () => {
    expect(ticks({ rows: [row(0.66, 0.76), row(0.43, 0.61)], range: [0, 1] })).toEqual([0.4, 0.5, 0.6, 0.7, 0.8]);
    expect(ticks({ rows: [row(0.19, 0.32)], range: [0, 1], neutral: 0.25 })).toEqual([0.15, 0.2, 0.25, 0.3, 0.35]);
  });

  test('has ends that hold every interval, and no more than six ticks', () => {
    const interval = fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 8 }), (intervals) => {
        const rows = intervals.map(([a, b]) => row(Math.min(a, b), Math.max(a, b)));
        const axis = axisTicks({ rows, range: [-1, 1] });
        expect(axis.length).toBeGreaterThanOrEqual(2);
        expect(axis.length).toBeLessThanOrEqual(6);
        const slack = 0.011 * ((axis[1] ?? 0) - (axis[0] ?? 0));
        expect(axis[0]).toBeLessThanOrEqual(Math.min(...rows.map(({ low }) => low)) + slack);
        expect(axis.at(-1)).toBeGreaterThanOrEqual(Math.max(...rows.map(({ high }) => high)) - slack);
      }),
    );
  });
});
