import { describe, expect, test } from 'vitest';
import { unsupportedStatements } from '../../../src/core/index.js';

/** `C: 301,000 miles (A 220,000 kilometres; B 214,000 km)` */
const hints = (answers: readonly string[], prompt = '') =>
  unsupportedStatements(answers, prompt).flatMap((list, index) =>
    list.map(({ said, contradictedBy }) => {
      const letter = (at: number) => 'ABCDEFGH'[at] ?? '';
      const others = contradictedBy.map((other) => `${letter(other.answer)} ${other.said}`).join('; ');
      return `${letter(index)}: ${said}${others === '' ? '' : ` (${others})`}`;
    }),
  );

describe('only one says this', () => {
  const cases: [what: string, answers: string[], hints: string[]][] = [
    [
      'a year that the others contradict',
      [
        'The tower was built in 1889 in Paris.',
        'The tower in Paris was built in 1889.',
        'The tower was built in 1901 in Paris.',
      ],
      ['C: 1901 (A 1889; B 1889)'],
    ],
    [
      'a name that nobody else has',
      [
        'The speed of light was first measured by Ole Rømer in 1676.',
        'It was measured first by Rømer, in 1676, at Paris.',
        'It was first measured by Galileo with lanterns in 1676.',
      ],
      ['B: Paris', 'C: Galileo'],
    ],
    [
      'a number that is no rounding of another',
      [
        'Light travels about 300,000 km a second.',
        'It is 299,792 km a second.',
        'Light travels 186,000 km a second through space.',
      ],
      ['C: 186,000 km (A 300,000 km)'],
    ],
    [
      'not the same number written otherwise',
      ['It costs 3 million dollars.', 'It costs 3,000,000 dollars.', 'The cost is 3000000 dollars.'],
      [],
    ],
    [
      'not a number that another spells out',
      [
        'It takes 22 minutes on 5 May.',
        'On 5 May it takes twenty-two minutes.',
        'It takes twenty-two minutes, on May 5.',
      ],
      [],
    ],
    [
      'not what is counted',
      ['There are 3 reasons, since 1990.', 'There are 4 reasons, since 1990.', 'Since 1990 there are 5 reasons.'],
      [],
    ],
    [
      'nothing of code, formulas and addresses',
      [
        'In 1990:\n```\nx = 4711\n```',
        'In 1990 `4712` was $$4713$$ or $x = 4715$.',
        'In 1990 https://x.test/4714 came.',
      ],
      [],
    ],
    [
      'a number in another unit',
      ['In 1990 it was 300 km long.', 'In 1990 it had 300 km.', 'In 1990 it was 300 miles long.'],
      ['C: 300 miles'],
    ],
    ['not the numbers of a list', ['1. In 1990\n2. it began', '1. In 1990\n13. it began', '20. In 1990 it began'], []],
    [
      'nothing where no two have a fact in common',
      ['The knight Roland rode in 1208.', 'In 1315 came Sir Gawain.', 'Once, in 1420, there was Percival.'],
      [],
    ],
    [
      'a Korean year',
      [
        '에펠탑은 1889년에 파리에 세워졌습니다.',
        '에펠탑이 파리에 세워진 해는 1889년입니다.',
        '에펠탑은 1901년에 파리에 세워졌습니다.',
      ],
      ['C: 1901년 (A 1889년; B 1889년)'],
    ],
    [
      'not the same number with 만',
      ['서울 인구는 940만 명입니다.', '서울의 인구는 9,400,000명입니다.', '인구는 940만 명입니다.'],
      [],
    ],
    [
      'a Korean number',
      ['서울 인구는 940만 명입니다.', '서울의 인구는 940만 명입니다.', '서울 인구는 1,500만 명입니다.'],
      ['C: 1,500만 명 (A 940만 명; B 940만 명)'],
    ],
    [
      'a Korean name',
      ['1443년 세종대왕이 만들었습니다.', '세종대왕이 1443년에 만들었습니다.', '1443년 김철수 박사가 만들었습니다.'],
      ['C: 김철수 박사'],
    ],
    [
      'of two answers only what the other contradicts',
      ['The tower was built in 1889 in Paris.', 'The tower was built in 1901 in Paris by Eiffel.'],
      ['A: 1889 (B 1901)', 'B: 1901 (A 1889)'],
    ],
    ['nothing of one answer', ['Built in 1889.'], []],
  ];
  test.each(cases)('%s', (_what, answers, expected) => expect(hints(answers)).toEqual(expected));

  test('what the prompt says is no news', () =>
    expect(
      hints(['In 1889, for Paris.', 'In 1889 it was.', 'It was in 1889, not 1901.'], 'Was it built in 1901 in Paris?'),
    ).toEqual([]));

  test('the clause is marked, not only the fact', () => {
    const text = 'Galileo measured it in 1638. He found a value of 301,000 miles, which was later confirmed by others.';
    const others = ['It was measured in 1638 and later confirmed.', 'In 1638 it was measured; later it was confirmed.'];
    const [, , found] = unsupportedStatements([...others, text]);
    expect(found?.map(({ start, end }) => text.slice(start, end))).toContain('He found a value of 301,000 miles');
  });

  test('at most four notes stand under an answer', () => {
    const years = Array.from({ length: 30 }, (_, index) => `In ${1800 + index * 3} something happened there.`).join(
      ' ',
    );
    expect(hints(['In 1700 it began.', 'It began in 1700.', `In 1700 it began. ${years}`])).toHaveLength(4);
  });

  test('long answers don’t freeze', () => {
    const long = (seed: number) =>
      Array.from(
        { length: 1200 },
        (_, index) => `In ${1000 + ((index * seed) % 1000)} the town had ${index * seed + 20} people.`,
      ).join(' ');
    // Comparing all with all would take longer than any test may.
    expect(unsupportedStatements([3, 7, 11, 13].map(long))).toHaveLength(4);
  });
});
