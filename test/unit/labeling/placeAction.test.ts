import { expect, test } from 'vitest';
import { placeActionOf } from '../../../src/labeling/placeAction.js';

test('what is typed or bound to a key is what its key does on the page', () => {
  const typed = ['b', 'B', '=d', ' = d ', '2', '9', '', '0', 'bb', 'i', '=2', 'ｂ'];
  expect(typed.map(placeActionOf)).toEqual([
    ...['letter-b', 'letter-b', 'tie-d', 'tie-d', 'place-2', 'place-9'],
    ...Array.from({ length: 6 }, () => undefined),
  ]);
});
