import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerLetters, parseOrder, printOrder } from '../../../src/core/index.js';
import type { Order } from '../../../src/core/index.js';

/** The order as it is printed, or the problem. */
const read = (text: string, nAnswers = 4): string => {
  const parsed = parseOrder(text, nAnswers);
  return 'order' in parsed ? printOrder(parsed.order) : parsed.problem.code;
};

const arbitraryOrder: fc.Arbitrary<Order> = fc
  .record({
    letters: fc.shuffledSubarray([...answerLetters]),
    joins: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    line: fc.option(fc.nat(8)),
  })
  .map(({ letters, joins, line }) => {
    const tiers: string[][] = [];
    letters.forEach((letter, index) => {
      const last = tiers.at(-1);
      if (last && joins[index]) last.push(letter);
      else tiers.push([letter]);
    });
    return {
      tiers: tiers.map((tier) => tier.sort()),
      line: line === null ? null : Math.min(line, tiers.length),
    };
  });

describe('the order line', () => {
  const orders: [typed: string, printed: string][] = [
    ['b a = d - c', 'B > A = D - C'],
    ['bacd', 'B > A > C > D'],
    ['b>a>c', 'B > A > C'],
    ['B=A', 'A = B'],
    ['  d =c= b  ', 'B = C = D'],
    ['b | a', 'B - A'],
    ['-ba', '- B > A'],
    ['b a -', 'B > A -'],
    ['b a|', 'B > A -'],
    ['', ''],
    ['-', '-'],
  ];
  test.each(orders)('%j is printed %j', (typed, printed) => expect(read(typed)).toBe(printed));

  test('an improved answer is a letter with a prime, typed as an apostrophe', () => {
    const improved = (text: string) => {
      const parsed = parseOrder(text, 4, ['C′', 'O′']);
      return 'order' in parsed ? printOrder(parsed.order) : parsed.problem.code;
    };
    for (const typed of ["c' b c", 'c’bc', 'C′ > B > C']) expect(improved(typed)).toBe('C′ > B > C');
    expect(improved("c = c' - o'")).toBe('C = C′ - O′');
    expect(improved("b a'")).toBe('no-such-answer');
    expect(improved("c' c'")).toBe('named-twice');
    expect(improved("c''")).toBe('unexpected');
    expect(improved("' c")).toBe('unexpected');
    expect(improved('o')).toBe('no-such-answer');
  });

  const problems: [typed: string, code: string][] = [
    ['b =', 'incomplete'],
    ['b >', 'incomplete'],
    ['b a b', 'named-twice'],
    ['b e', 'no-such-answer'],
    ['b - a - c', 'two-lines'],
    ['- -', 'two-lines'],
    ['= b', 'unexpected'],
    ['b > > a', 'unexpected'],
    ['b = - a', 'unexpected'],
    ['b, a', 'unexpected'],
    ['ㅠ', 'unexpected'],
  ];
  test.each(problems)('%j is no order: %s', (typed, code) => expect(read(typed)).toBe(code));

  test('a problem names its place and what stands there', () =>
    expect(parseOrder('b a x', 4)).toEqual({ problem: { code: 'no-such-answer', at: 4, found: 'X' } }));

  test('letters beyond the answers that there are name nothing', () => {
    expect(read('a b', 2)).toBe('A > B');
    expect(read('a c', 2)).toBe('no-such-answer');
  });

  test('parsing what was printed gives the same order', () => {
    fc.assert(
      fc.property(arbitraryOrder, (order) => {
        expect(parseOrder(printOrder(order), 8)).toEqual({ order });
      }),
    );
  });

  test('any text gives an order that is printed and read again, or a problem', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abcdefghABx=>-| ') });
    fc.assert(
      fc.property(text, (typed) => {
        const parsed = parseOrder(typed, 8);
        if ('order' in parsed) expect(parseOrder(printOrder(parsed.order), 8)).toEqual(parsed);
      }),
    );
  });
});
