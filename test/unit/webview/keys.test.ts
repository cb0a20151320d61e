import { describe, expect, test } from 'vitest';
import { Bindings, labelActions } from '../../../webview/labeling/keys.js';

/** `Shift+ㅠ/KeyB`: modifiers, the typed character, and the key's place on the keyboard. */
function press(text: string, bindings = new Bindings({})): string {
  const [typed = '', code = ''] = text.split('/');
  const parts = typed.split('+');
  const key = typed.endsWith('+') ? '+' : (parts.at(-1) ?? '');
  const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
  const action = bindings.actionOf({
    key: key === 'Space' ? ' ' : key,
    code,
    altKey: has('Alt'),
    ctrlKey: has('Ctrl'),
    metaKey: has('Meta'),
    shiftKey: has('Shift'),
  });
  if (!action) return 'none';
  if (action.do === 'letter') return `${action.isTied ? 'tie ' : ''}${action.letter}`;
  return action.do === 'place' ? `place ${action.place}` : action.do;
}

describe('a key', () => {
  const cases: [pressed: string, does: string][] = [
    ['b/KeyB', 'B'],
    ['B/KeyB', 'B'], // caps lock
    ['Shift+B/KeyB', 'tie B'],
    ['ㅠ/KeyB', 'B'],
    ['и/KeyB', 'B'],
    ['Process/KeyH', 'H'],
    ['3/Digit3', 'place 3'],
    ['"/Digit3', 'place 3'], // AZERTY without Shift
    ['0/Digit0', 'leave-out'],
    ["'/Quote", 'place-improved'],
    ['=/Equal', 'tie'],
    ['Shift+=/Digit0', 'tie'], // German: the sign needs Shift
    ['Shift++/Equal', 'tie'],
    ['-/Minus', 'line'],
    ['Shift+|/Backslash', 'line'],
    ['Shift+?/Slash', 'keys'],
    ['x/KeyX', 'flag'],
    ['Shift+X/KeyX', 'flag-prompt'],
    ['s/KeyS', 'skip'],
    ['Shift+S/KeyS', 'skip-reason'],
    ['n/KeyN', 'next'],
    ['Shift+N/KeyN', 'discard'],
    ['Shift+ㅜ/KeyN', 'discard'],
    ['ㄴ/KeyS', 'skip'],
    ['Space/Space', 'page-down'],
    ['Shift+Space/Space', 'page-up'],
    ['Alt+ArrowUp/ArrowUp', 'move-up'],
    ['ArrowUp/ArrowUp', 'part-up'],
    ['Ctrl+z/KeyZ', 'undo'],
    ['Meta+z/KeyZ', 'undo'],
    ['Ctrl+Shift+Z/KeyZ', 'redo'],
    ['Ctrl+Enter/Enter', 'submit'],
    ['Ctrl+p/KeyP', 'none'],
    ['Ctrl+b/KeyB', 'none'],
    ['Alt+ArrowLeft/ArrowLeft', 'none'],
    ['Ctrl+1/Digit1', 'none'],
    ['v/KeyV', 'differences'],
    ['t/KeyT', 'unsure'],
    ['Shift+T/KeyT', 'only-one'],
    ['Alt+z/KeyZ', 'wrap'],
    ['m/KeyM', 'mark'],
    ['q/KeyQ', 'quote'],
    ['ㅂ/KeyQ', 'quote'],
    ['o/KeyO', 'compose'],
    ['Delete/Delete', 'remove-part'],
    ['9/Digit9', 'place 9'],
    ['F6/F6', 'none'],
    ['Tab/Tab', 'none'],
  ];
  test.each(cases)('%s: %s', (pressed, does) => expect(press(pressed)).toBe(does));
});

describe('changed keys', () => {
  test('take the place of the default', () => {
    const bindings = new Bindings({ skip: 'F2', undo: 'Ctrl+Alt+U' });
    expect([press('F2/F2', bindings), press('s/KeyS', bindings)]).toEqual(['skip', 'none']);
    expect([press('Ctrl+Alt+u/KeyU', bindings), press('Ctrl+z/KeyZ', bindings)]).toEqual(['undo', 'undo']);
    expect(bindings.label('skip')).toBe('F2');
  });

  test('win over another action’s default', () =>
    expect(press('n/KeyN', new Bindings({ source: 'N' }))).toBe('source'));

  test('can’t take letters and places away from the answers', () => {
    for (const key of ['a', 'H', 'Shift+b', '3']) {
      const bindings = new Bindings({ skip: key });
      expect(bindings.label('skip')).toBe('S');
      expect(press('a/KeyA', bindings)).toBe('A');
    }
  });

  test('of actions that do not exist change nothing', () =>
    expect(press('s/KeyS', new Bindings({ ['__proto__']: 'x', fly: 'S' }))).toBe('skip'));

  test('every action has a key', () => {
    const bindings = new Bindings({});
    expect(labelActions.filter((action) => bindings.label(action) === '')).toEqual([]);
  });
});
