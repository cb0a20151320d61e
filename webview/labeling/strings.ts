/** Words of the page. The English text is the key of its translation, which the host sends with the settings. */
let translations: Readonly<Record<string, string>> = {};
let locale = 'en';

export function useStrings(strings: Readonly<Record<string, string>>, language: string): void {
  translations = strings;
  locale = language;
}

/** The text in the labeler's language; `{0}`, `{1}`, … stand for the values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const translated = Object.hasOwn(translations, text) ? (translations[text] ?? text) : text;
  return translated.replace(/\{(\d)\}/g, (whole, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

/** 1234 as 1,234, in the labeler's language. */
export const number = (value: number): string => {
  try {
    return value.toLocaleString(locale);
  } catch {
    return String(value);
  }
};

/** `A and B`, `A, B and C`. */
export function joined(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : t('{0} and {1}', names.slice(0, -1).join(', '), last);
}

/** `1st`, for a place on the board. */
export function ordinal(place: number): string {
  const short = [t('1st'), t('2nd'), t('3rd'), t('4th'), t('5th'), t('6th'), t('7th'), t('8th')];
  return short[place - 1] ?? number(place);
}

/** `first`, for a sentence that is read aloud. */
export function ordinalWord(place: number): string {
  const words = [t('first'), t('second'), t('third'), t('fourth'), t('fifth'), t('sixth'), t('seventh'), t('eighth')];
  return words[place - 1] ?? number(place);
}

/** A label inside of a sentence. */
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
