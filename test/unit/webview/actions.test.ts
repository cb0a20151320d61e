import { expect, test } from 'vitest';
import { labelCommands } from '../../../src/contributions/index.js';
import { Bindings, labelActions } from '../../../webview/labeling/keys.js';

test('every action of the labeling page has a key, a command, and no key of another', () => {
  const bindings = new Bindings({});
  const keys = labelActions.map((action) => bindings.label(action));
  expect(labelActions.filter((_action, index) => keys[index] === '')).toEqual([]);
  expect(new Set(keys).size).toBe(labelActions.length);
  expect(Object.values(labelCommands).toSorted()).toEqual(labelActions.toSorted());
});
