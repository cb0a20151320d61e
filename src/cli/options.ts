import { InvalidArgumentError } from 'commander';
import { InputError } from '../core/index.js';
import { formatNamed, type FormatId, isFormatId } from '../datasets/index.js';
import { importKindOf, type ImportKind } from '../prompts/index.js';

/** Values of options: a wrong one makes the command line wrong (exit code 2), before anything is read. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(
        `It must be a whole number of ${least}${most < 2 ** 53 - 1 ? ` to ${most}` : ' or more'}.`,
      );
    return value;
  };

export const number =
  (least: number, most: number, bound: 'most is allowed' | 'less than most') =>
  (text: string): number => {
    const value = Number(text);
    const isRight = text.trim() !== '' && value >= least && (bound === 'less than most' ? value < most : value <= most);
    if (!isRight)
      throw new InvalidArgumentError(
        `It must be a number of at least ${least} and ${bound === 'less than most' ? 'less than' : 'at most'} ${most}.`,
      );
    return value;
  };

export function formatList(text: string): FormatId[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    return usage(() => {
      formatNamed(name);
      if (!isFormatId(name)) throw new InvalidArgumentError(`${name} is no format.`);
      return name;
    });
  });
}

export const importKind = (text: string): ImportKind => usage(() => importKindOf(text));

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `i/n`: both ways to count are taken, 1/4 to 4/4 and 0/4 to 3/4 (4/4 is 0/4). */
export function shardOf(text: string): Shard {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (index === undefined || count === undefined || Number(count) < 1 || Number(index) > Number(count))
    throw new InvalidArgumentError('It must be i/n, e.g. 1/4 for the first of four parts.');
  return { index: Number(index) % Number(count), count: Number(count) };
}

function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? new InvalidArgumentError(error.message) : error;
  }
}
