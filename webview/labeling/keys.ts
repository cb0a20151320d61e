/**
 * From a key to what it does. The typed character counts first; where it is none of ours (a Korean or Russian layout, an
 * input method, digits that need Shift) the place of the key on the keyboard does.
 */

/** The part of a `KeyboardEvent` that decides. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** What only looks: what can be done with somebody else’s judgement too. */
const looks = [
  'next',
  'previous',
  'focus-left',
  'focus-right',
  'page-down',
  'page-up',
  'line-down',
  'line-up',
  'part-down',
  'part-up',
  'scroll-start',
  'scroll-end',
  'zoom',
  'source',
  'guidelines',
  'differences',
  'unsure',
  'only-one',
  'wrap',
  'keys',
] as const;

/** Everything that a key, a button or a command of the palette can ask for, beside the letters and the places. */
export const labelActions = [
  'submit',
  'skip',
  'skip-reason',
  'discard',
  'undo',
  'redo',
  'take-back',
  'clear',
  'tie',
  'line',
  'leave-out',
  'best',
  'place-improved',
  'move-up',
  'move-down',
  'flag',
  'flag-prompt',
  'mark',
  'improve',
  'quote',
  'compose',
  'remove-part',
  'next-step',
  'rationale',
  'cut',
  ...looks,
] as const;
export type LabelAction = (typeof labelActions)[number];

/** Whether it changes nothing. */
export const isLook = (action: string): boolean => looks.some((other) => other === action);

export type KeyAction =
  | { readonly do: LabelAction }
  | { readonly do: 'letter'; readonly letter: string; readonly isTied: boolean }
  | { readonly do: 'place'; readonly place: number };

/** More than one key may do the same; the first is the one that is shown. */
const defaultKeys: Readonly<Record<LabelAction, readonly string[]>> = {
  submit: ['Enter', 'Ctrl+Enter'],
  skip: ['S'],
  'skip-reason': ['Shift+S'],
  /** Not this one, never: with Shift, as a slip takes a prompt out of the work. */
  discard: ['Shift+N'],
  next: ['N'],
  previous: ['P'],
  undo: ['U', 'Ctrl+Z'],
  redo: ['Shift+U', 'Ctrl+Shift+Z', 'Ctrl+Y'],
  'take-back': ['Backspace'],
  clear: ['Shift+Backspace'],
  tie: ['='],
  line: ['-', '|'],
  'leave-out': ['0'],
  best: ['Y'],
  'place-improved': ["'"],
  'move-up': ['Alt+ArrowUp'],
  'move-down': ['Alt+ArrowDown'],
  'focus-left': ['ArrowLeft'],
  'focus-right': ['ArrowRight'],
  'page-down': ['Space'],
  'page-up': ['Shift+Space'],
  'line-down': ['J'],
  'line-up': ['K'],
  /** The attribute or step below, above; where an answer has no such parts, lines. */
  'part-down': ['ArrowDown'],
  'part-up': ['ArrowUp'],
  'scroll-start': ['Home'],
  'scroll-end': ['End'],
  zoom: ['Z'],
  source: ['L'],
  guidelines: ['W'],
  differences: ['V'],
  unsure: ['T'],
  'only-one': ['Shift+T'],
  wrap: ['Alt+Z'],
  flag: ['X'],
  'flag-prompt': ['Shift+X'],
  mark: ['M'],
  improve: ['I'],
  quote: ['Q'],
  compose: ['O'],
  /** Of the composed answer. */
  'remove-part': ['Delete'],
  'next-step': [','],
  rationale: ['R'],
  cut: ['.'],
  keys: ['?'],
};

export class Bindings {
  readonly #actions = new Map<string, LabelAction>();
  readonly #keys = new Map<LabelAction, string>();

  /** @param overrides action to key, from `touchstone.keys`. Letters A to H and the digits 1 to 9 can't be given away. */
  constructor(overrides: Readonly<Record<string, string>>) {
    for (const action of labelActions) {
      const override = Object.hasOwn(overrides, action) ? overrides[action]?.trim() : undefined;
      const isUsable = override !== undefined && override !== '' && !/^(shift\+)?[a-h1-9]$/i.test(override);
      const keys = isUsable ? [override, ...defaultKeys[action].slice(1)] : defaultKeys[action];
      this.#keys.set(action, keys[0] ?? '');
      for (const key of keys) if (isUsable || !this.#actions.has(chord(key))) this.#actions.set(chord(key), action);
    }
  }

  /** What this key does; undefined when it is none of ours. */
  actionOf(press: KeyPress): KeyAction | undefined {
    const typed = [press.key, keyAtPlace(press)];
    // The key of the 4 on a French keyboard: its place in the row of digits is meant, not the sign on it.
    for (const key of press.key === "'" && press.code === 'Digit4' ? typed.reverse() : typed) {
      const action = key === undefined ? undefined : this.#actionOf(key, press);
      if (action !== undefined) return action;
    }
    return undefined;
  }

  /** As it stands on the key: `S`, `Shift+S`, `Alt+↑`. */
  label(action: LabelAction): string {
    return (this.#keys.get(action) ?? '')
      .replace('ArrowUp', '↑')
      .replace('ArrowDown', '↓')
      .replace('ArrowLeft', '←')
      .replace('ArrowRight', '→');
  }

  #actionOf(key: string, { altKey, ctrlKey, metaKey, shiftKey }: KeyPress): KeyAction | undefined {
    const isLetter = /^\p{L}$/u.test(key);
    const name = key === ' ' ? 'Space' : key;
    // The Shift that a sign needs on some layouts is not part of it; with letters and named keys it is.
    const hasShift = shiftKey && (isLetter || name.length > 1);
    const bare = !altKey && !ctrlKey && !metaKey;
    if (bare && /^[a-h]$/i.test(key)) return { do: 'letter', letter: key.toUpperCase(), isTied: shiftKey };
    if (bare && /^[1-9]$/.test(key)) return { do: 'place', place: Number(key) };
    const modifiers = `${ctrlKey || metaKey ? 'ctrl+' : ''}${altKey ? 'alt+' : ''}${hasShift ? 'shift+' : ''}`;
    const action = this.#actions.get(modifiers + name.toLowerCase());
    return action === undefined ? undefined : { do: action };
  }
}

/** `Shift+S` and `shift+s` are the same; modifiers in one order. */
function chord(key: string): string {
  const parts = key.toLowerCase().split('+');
  const name = key.endsWith('+') ? '+' : (parts.at(-1) ?? '');
  const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
  const ctrl = has('ctrl') || has('cmd') || has('meta');
  return `${ctrl ? 'ctrl+' : ''}${has('alt') ? 'alt+' : ''}${has('shift') ? 'shift+' : ''}${name}`;
}

/** The character on a US keyboard at the place of the key that was pressed. */
function keyAtPlace({ code, key, shiftKey }: KeyPress): string | undefined {
  if (key.length > 1 && key !== 'Process' && key !== 'Dead' && key !== 'Unidentified') return undefined;
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  if (place !== undefined) return place.toLowerCase();
  if (code === 'Slash' && shiftKey) return '?';
  return { Minus: '-', Equal: '=', Comma: ',', Period: '.', Quote: "'", Space: ' ' }[code];
}
