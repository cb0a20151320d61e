import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dequantizableTypes, dequantize, halfToNumber } from '../../../src/models/index.js';

/** Bytes and float32 values as hexadecimal, made by llama.cpp's `gguf` package; see dequantize.py beside it. */
const Reference = z.record(z.string(), z.object({ bytes: z.string(), values: z.string() }));
const reference = Reference.parse(JSON.parse(readFileSync('test/fixtures/models/dequantize.json', 'utf8')));

describe('a block decodes to the very bits that llama.cpp gives', () => {
  test.each(Object.entries(reference))('%s', (type, { bytes, values }) => {
    const decoded = dequantize(type, Buffer.from(bytes, 'hex')) ?? new Float32Array();
    expect(Buffer.from(decoded.buffer).toString('hex')).toBe(values);
  });

  test('for every type that is said to decode', () =>
    expect(Object.keys(reference).sort()).toEqual([...dequantizableTypes].sort()));
});

test('a type that cannot be decoded gives nothing', () =>
  expect(dequantize('IQ2_XS', new Uint8Array(74))).toBeUndefined());

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x0001, 2 ** -24],
  [0x7bff, 65504],
  [0x7c00, Infinity],
])('the half %i is %d', (bits, value) => expect(halfToNumber(bits)).toBe(value));
