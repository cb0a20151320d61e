import { expect, test } from 'vitest';
import { framesAfterKeys, type TraceEvent } from '../../bench/trace.js';

const at = (ms: number, name: string, ph: string, more: Partial<TraceEvent> = {}): TraceEvent => ({
  name,
  ph,
  pid: 1,
  tid: 1,
  ts: ms * 1000,
  ...more,
});
const keydown = (ms: number) => at(ms, 'EventDispatch', 'X', { args: { data: { type: 'keydown' } } });

test('a key is followed to the frame that draws what it led to, not to one that was on its way', () => {
  const events = [
    keydown(10),
    at(11, 'enter', 'I'),
    at(12, 'AnimationFrame::Render', 'b'),
    at(14, 'shown', 'I'),
    at(15, 'AnimationFrame::Presentation', 'n'), // of the frame before
    at(20, 'AnimationFrame::Render', 'b'),
    at(25, 'AnimationFrame::Render', 'e'),
    at(26, 'AnimationFrame::Presentation', 'n', { pid: 2 }), // another page's
    at(31, 'AnimationFrame::Presentation', 'n'),
    keydown(50),
    at(51, 'enter', 'I'), // led to nothing
    keydown(60),
    at(61, 'enter', 'I'),
    at(62, 'shown', 'I'),
    at(63, 'AnimationFrame::Render', 'b'),
    at(64, 'AnimationFrame::Render', 'e'),
    at(70, 'AnimationFrame::Presentation', 'n'),
  ];
  expect(framesAfterKeys(events.toReversed(), 'enter', 'shown')).toEqual([21, 10]);
});
