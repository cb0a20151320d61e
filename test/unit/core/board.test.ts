import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boardOf,
  impliedLast,
  lettersOf,
  notPlaced,
  orderOf,
  parseOrder,
  placeOf,
  printOrder,
  reduceBoard,
  writtenNotPlaced,
} from '../../../src/core/index.js';
import type { Board, BoardAction } from '../../../src/core/index.js';

/**
 * One character a key: letters and digits, `=`, `-`, `0` as on the keyboard; `A` with Shift is tied; `<` takes back, `~`
 * clears; `^` and `v` are Alt with the arrows; `*` marks the best; `@b` focuses B; `.` accepts the implied last.
 */
function press(board: Board, keys: string): Board {
  let at = board;
  const all = [...keys.replaceAll(' ', '')];
  for (let index = 0; index < all.length; index += 1) {
    const key = all[index] ?? '';
    if (key === '@') at = reduceBoard(at, { type: 'focus', letter: (all[(index += 1)] ?? '').toUpperCase() });
    else at = reduceBoard(at, actionOf(key));
  }
  return at;
}

function actionOf(key: string): BoardAction {
  const named: Record<string, BoardAction> = {
    '=': { type: 'tie' },
    '-': { type: 'line' },
    '0': { type: 'leave-out' },
    '<': { type: 'take-back' },
    '~': { type: 'clear' },
    '^': { type: 'shift', to: 'up' },
    v: { type: 'shift', to: 'down' },
    '*': { type: 'best' },
    '.': { type: 'imply' },
  };
  return (
    named[key] ??
    (/[1-8]/.test(key)
      ? { type: 'place', place: Number(key) }
      : { type: 'letter', letter: key.toUpperCase(), isTied: key !== key.toLowerCase() })
  );
}

/** `B > A = D`, then what is left out, what is best, and who has the focus. */
const draw = (board: Board): string =>
  [
    printOrder(orderOf(board)),
    board.leftOut.length > 0 ? `without ${board.leftOut.join(' ')}` : '',
    board.best ? `best ${board.best}` : '',
  ]
    .filter(Boolean)
    .join(', ');

const after = (keys: string, nAnswers = 4) => press(boardOf(nAnswers), keys);

describe('placing by name, best first', () => {
  const cases: [keys: string, drawn: string][] = [
    ['b', 'B'],
    ['ba=d', 'B > A = D'],
    ['b a =d c', 'B > A = D > C'],
    ['baDC', 'B > A = C = D'],
    ['bab', 'B > A'], // already placed: nothing is ranked again by accident
    ['b=b', 'B'],
    ['=b', 'B'], // there is nothing to tie with
    ['ba=<d', 'B > A > D'],
    ['ba-dc', 'B > A - D > C'],
    ['-ba', '- B > A'],
    ['ba-', 'B > A -'],
    ['ba--', 'B > A'],
    ['b-ac-', 'B > A > C -'], // the line goes after the last tier
    ['b-ac--', 'B > A > C'],
    ['ba<', 'B'],
    ['ba-<', 'B > A'],
    ['badc~', ''],
    ['bxz', 'B'],
  ];
  test.each(cases)('%s gives %s', (keys, drawn) => expect(draw(after(keys))).toBe(drawn));

  test('a letter that is placed only gets the focus', () => expect(after('bab').focused).toBe('B'));
});

describe('placing by place, while reading', () => {
  const cases: [keys: string, drawn: string, focused: string][] = [
    ['2', 'A', 'B'],
    ['21', 'B > A', 'C'],
    ['2143', 'B > A > D > C', 'D'],
    ['1133', 'A = B > C = D', 'D'],
    ['1111', 'A = B = C = D', 'D'],
    ['8152', 'B > D > C > A', 'D'],
    ['102', 'A > C, without B', 'D'],
    ['1 @a 1', 'A', 'B'],
    ['13 @a 4', 'B > A', 'C'],
    ['0 @a 1', 'A', 'B'], // placing takes it back in
    ['@d1', 'D', 'A'],
  ];
  test.each(cases)('%s gives %s and goes on to %s', (keys, drawn, focused) => {
    expect(draw(after(keys))).toBe(drawn);
    expect(after(keys).focused).toBe(focused);
  });

  test('a typed place shows while it leaves a gap, and closes in the order', () => {
    const board = after('2');
    expect(placeOf(board, 0)).toBe(2);
    expect(placeOf(press(board, '1'), 1)).toBe(2);
  });

  test('places count as in sports: after a tie in second comes fourth', () => {
    const board = after('ba=dc');
    expect(board.tiers.map((_tier, index) => placeOf(board, index))).toEqual([1, 2, 4]);
  });

  test('the place that is shown is the place to type for a tie', () => {
    expect(draw(press(after('ba=dc', 5), '@e4'))).toBe('B > A = D > C = E');
  });
});

describe('moving by half a tier', () => {
  const cases: [keys: string, drawn: string][] = [
    ['badc @d^', 'B > A = D > C'],
    ['badc @d^^', 'B > D > A > C'],
    ['badc @d^^^', 'B = D > A > C'],
    ['badc @bv', 'A = B > D > C'],
    ['badc @bvv', 'A > B > D > C'],
    ['badc @b^', 'B > A > D > C'],
    ['badc @cv', 'B > A > D > C'],
    ['b-a @av', 'B - A'],
    ['b-a @a^', 'A = B -'],
    ['b=a-d @av', 'B > A - D'], // leaving a tie does not cross the line
    ['b=a-d @avv', 'B - A = D'],
    ['ba- @av', 'B - A'],
    ['-ba @b^', 'B - A'],
  ];
  test.each(cases)('%s gives %s', (keys, drawn) => expect(draw(after(keys))).toBe(drawn));
});

describe('the best of a tie', () => {
  const cases: [keys: string, drawn: string][] = [
    ['b=a @a*', 'A = B, best A'],
    ['b=a @a**', 'A = B'],
    ['b=a @a*@b*', 'A = B, best B'],
    ['ba @b*', 'B > A'],
    ['b=ac @c*', 'A = B > C'],
    ['b=a @a* @av', 'B > A'], // no tie any more
  ];
  test.each(cases)('%s gives %s', (keys, drawn) => expect(draw(after(keys))).toBe(drawn));
});

describe('the implied last', () => {
  const cases: [keys: string, letter: string | undefined][] = [
    ['bad', 'C'],
    ['ba', undefined],
    ['badc', undefined],
    ['ba @d0', 'C'],
    ['bad @a0', 'C'], // leaving one out leaves no gap
    ['134', undefined], // a gap was left for it: it does not go last
    ['112', 'D'],
  ];
  test.each(cases)('after %s it is %s', (keys, letter) => expect(impliedLast(after(keys))).toBe(letter));
  test('accepting it places it under the last', () => expect(draw(after('ba=d.'))).toBe('B > A = D > C'));
  test('it lies below a line at the end', () => expect(draw(after('bad-.'))).toBe('B > A > D - C'));
});

describe('dragging', () => {
  const drop = (keys: string, letter: string, on: 'tier' | 'gap', index: number) =>
    draw(reduceBoard(after(keys), { type: 'drop', letter, target: { on, index } }));
  const cases: [keys: string, letter: string, on: 'tier' | 'gap', index: number, drawn: string][] = [
    ['ba', 'C', 'tier', 0, 'B = C > A'],
    ['ba', 'C', 'gap', 1, 'B > C > A'],
    ['ba', 'C', 'gap', 0, 'C > B > A'],
    ['ba', 'C', 'gap', 2, 'B > A > C'],
    ['badc', 'B', 'gap', 4, 'A > D > C > B'],
    ['badc', 'B', 'gap', 0, 'B > A > D > C'],
    ['badc', 'C', 'tier', 0, 'B = C > A > D'],
    ['badc', 'B', 'tier', 0, 'B > A > D > C'],
    ['b=adc', 'B', 'gap', 1, 'A > B > D > C'],
    ['b-a', 'C', 'gap', 1, 'B - C > A'],
  ];
  test.each(cases)('on %s, %s to %s %i gives %s', (keys, letter, on, index, drawn) =>
    expect(drop(keys, letter, on, index)).toBe(drawn),
  );
  test('to the tray takes the place back', () =>
    expect(draw(reduceBoard(after('ba'), { type: 'drop', letter: 'B', target: { on: 'tray' } }))).toBe('A'));
  test('above the line, where it is asked for', () =>
    expect(
      draw(
        reduceBoard(after('b-a'), { type: 'drop', letter: 'C', target: { on: 'gap', index: 1, isAboveLine: true } }),
      ),
    ).toBe('B > C - A'));
  test('the line moves between tiers and away', () => {
    const board = after('ba-d');
    expect(draw(reduceBoard(board, { type: 'drop-line', line: 0 }))).toBe('- B > A > D');
    expect(draw(reduceBoard(board, { type: 'drop-line', line: null }))).toBe('B > A > D');
  });
});

describe('the order field', () => {
  const edit = (board: Board, text: string) => {
    const parsed = parseOrder(text, board.nAnswers);
    return 'order' in parsed ? reduceBoard(board, { type: 'order', order: parsed.order }) : board;
  };
  test('its order takes the place of the board', () => expect(draw(edit(after('badc'), 'c=d - b'))).toBe('C = D - B'));
  test('the same order leaves typed places as they are', () => {
    const board = after('2');
    expect(edit(board, 'a')).toBe(board);
  });
  test('Backspace goes on where the field left off', () => expect(draw(press(edit(after(''), 'b a'), '<'))).toBe('B'));
});

describe('any keys', () => {
  const keys = fc.string({ unit: fc.constantFrom(...'abcdABCD=-0123456<^v*.~'), maxLength: 40 });

  test('place each answer at most once, keep the line inside, and the focus on an answer', () => {
    fc.assert(
      fc.property(keys, (typed) => {
        const board = after(typed);
        const placed = board.tiers.flatMap((tier) => tier.letters);
        expect(new Set([...placed, ...board.leftOut]).size).toBe(placed.length + board.leftOut.length);
        expect(notPlaced(board).length).toBe(4 - placed.length - board.leftOut.length);
        expect(board.line ?? 0).toBeLessThanOrEqual(board.tiers.length);
        expect(board.line ?? 0).toBeGreaterThanOrEqual(0);
        expect(lettersOf(board)).toContain(board.focused);
        const places = board.tiers.map((tier) => tier.place);
        expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
      }),
    );
  });

  test('a board that is drafted and read again is the same order', () => {
    fc.assert(
      fc.property(keys, (typed) => {
        const board = after(typed);
        const again = boardOf(4, { order: orderOf(board), leftOut: board.leftOut, best: board.best });
        expect(draw(again)).toBe(draw(board));
      }),
    );
  });
});

describe('an answer of the labeler’s own', () => {
  const board = boardOf(3, { written: ['B′'] });
  const typed = (...letters: string[]) =>
    letters.reduce((at: Board, letter) => reduceBoard(at, { type: 'letter', letter }), board);

  test('takes a place like any other, and moves like any other', () => {
    const placed = typed('B′', 'A', 'B');
    expect(printOrder(orderOf(placed))).toBe('B′ > A > B');
    const focused = reduceBoard(placed, { type: 'focus', letter: 'B′' });
    expect(printOrder(orderOf(reduceBoard(focused, { type: 'shift', to: 'down' })))).toBe('A = B′ > B');
    expect(printOrder(orderOf(reduceBoard(placed, { type: 'take-back' })))).toBe('B′ > A');
    expect(reduceBoard(placed, { type: 'clear' }).written).toEqual(['B′']);
  });

  test('is never missed where it has no place', () => {
    expect(notPlaced(board)).toEqual(['A', 'B', 'C']);
    expect(impliedLast(typed('A', 'B'))).toBe('C');
    expect(impliedLast(typed('B′', 'A', 'B'))).toBe('C');
    expect(writtenNotPlaced(typed('A', 'B', 'C'))).toEqual(['B′']);
    expect(typed('C′')).toBe(board);
  });
});
