import { t } from './strings.js';

/**
 * The length of a text as a reader feels it: words where words have spaces (Korean too), else characters. Counts what is
 * added, so that an answer that is being written costs the new part only.
 */
export class TextLength {
  #read = 0;
  #isInWord = false;
  #nWords = 0;
  #nCharacters = 0;
  #nUnspaced = 0;

  /** @param text the whole text so far; it only ever grows at its end. */
  update(text: string): void {
    if (text.length < this.#read) this.#restart();
    for (const character of text.slice(this.#read)) {
      if (/\s/u.test(character)) {
        this.#isInWord = false;
        continue;
      }
      if (!/[\p{M}\u200d]/u.test(character)) this.#nCharacters += 1;
      if (unspaced.test(character)) this.#nUnspaced += 1;
      if (!this.#isInWord && /[\p{L}\p{N}]/u.test(character)) {
        this.#isInWord = true;
        this.#nWords += 1;
      }
    }
    this.#read = text.length;
  }

  /** Most of it is written without spaces between words (Chinese, Japanese, Thai, …). */
  get isInCharacters(): boolean {
    return this.#nUnspaced * 2 > this.#nCharacters;
  }

  get value(): number {
    return this.isInCharacters ? this.#nCharacters : this.#nWords;
  }

  #restart(): void {
    this.#read = 0;
    this.#isInWord = false;
    this.#nWords = 0;
    this.#nCharacters = 0;
    this.#nUnspaced = 0;
  }
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The texts on the screen and a few more: the page is drawn at every key, and counting 100 kB takes longer than a frame. */
const maxCounted = 64;
const counted = new Map<string, TextLength>();

/** Length of a text as it is now. */
export function textLength(text: string): TextLength {
  let length = counted.get(text);
  if (length === undefined) {
    length = new TextLength();
    length.update(text);
  }
  // The one asked for longest ago goes: an answer that grows is another text at each word.
  counted.delete(text);
  counted.set(text, length);
  for (const oldest of counted.keys()) {
    if (counted.size <= maxCounted) break;
    counted.delete(oldest);
  }
  return length;
}

/** "1 word", "118 words"; characters where words have no spaces. */
export function lengthWords({ value, isInCharacters }: TextLength): string {
  if (isInCharacters) return value === 1 ? t('1 character') : t('{0} characters', value);
  return value === 1 ? t('1 word') : t('{0} words', value);
}

/**
 * Language of a text by its script, for line breaking and voices; undefined when its letters don't tell. A tenth of the
 * letters is enough: technical Korean or Japanese is full of Latin names.
 */
export function languageOf(text: string): string | undefined {
  const sample = text.slice(0, 2000);
  const share = (script: RegExp) => (sample.match(script)?.length ?? 0) * 10 > (sample.match(/\p{L}/gu)?.length ?? 0);
  if (share(/\p{Script=Hangul}/gu)) return 'ko';
  if (share(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu)) return 'ja';
  if (share(/\p{Script=Han}/gu)) return 'zh';
  if (share(/\p{Script=Arabic}/gu)) return 'ar';
  if (share(/\p{Script=Hebrew}/gu)) return 'he';
  return undefined;
}
