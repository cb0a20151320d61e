/** The texts of `page.json`: one that works sets `window.pwned`, asks for something at `evil.test`, or covers the buttons. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, 'page.json');

/** By class. */
export const payloadClasses: readonly (readonly [name: string, payloads: readonly string[]])[] = Object.entries(
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>,
).map(([name, payloads]) => [name, payloads.map((payload) => payload.replaceAll('{x}', 'window.pwned=1'))]);

export const payloads: readonly string[] = payloadClasses.flatMap(([, texts]) => texts);

/** In runs of `size`, to show many at once. */
export const inBatches = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_unused, index) => all.slice(index * size, (index + 1) * size));
