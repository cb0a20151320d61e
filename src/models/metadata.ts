import { metadataInvalid, metadataMissing } from '../core/index.js';
import type { MetadataValue, ParameterFile } from './parameterFile.js';

/** Access to metadata by the type that is needed; what is missing or of another type is a ModelError that names the key. */

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** A whole number in a range, however many bits it was stored in. */
export function integerOf(parameters: ParameterFile, key: string, range: IntegerRange): number {
  const value = parameters.metadata.get(key);
  if (value === undefined) throw metadataMissing({ file: parameters.file, key });
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < range.min || number > range.max) {
    throw invalid(parameters, key, value, `a whole number from ${range.min} to ${range.max}`);
  }
  return number;
}

export function optionalIntegerOf(parameters: ParameterFile, key: string, range: IntegerRange): number | undefined {
  return parameters.metadata.has(key) ? integerOf(parameters, key, range) : undefined;
}

/** A finite number greater than 0. */
export function positiveOf(parameters: ParameterFile, key: string): number {
  const value = parameters.metadata.get(key);
  if (value === undefined) throw metadataMissing({ file: parameters.file, key });
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw invalid(parameters, key, value, 'a number greater than 0');
  }
  return value;
}

export function textOf(parameters: ParameterFile, key: string): string {
  const value = optionalTextOf(parameters, key);
  if (value === undefined) throw metadataMissing({ file: parameters.file, key });
  return value;
}

export function optionalTextOf(parameters: ParameterFile, key: string): string | undefined {
  const value = parameters.metadata.get(key);
  if (value !== undefined && typeof value !== 'string') throw invalid(parameters, key, value, 'a text');
  return value;
}

export function booleanOf(parameters: ParameterFile, key: string, fallback: boolean): boolean {
  const value = parameters.metadata.get(key);
  if (value !== undefined && typeof value !== 'boolean') throw invalid(parameters, key, value, 'true or false');
  return value ?? fallback;
}

export function textsOf(parameters: ParameterFile, key: string): readonly string[] {
  const value = parameters.metadata.get(key);
  if (value === undefined) throw metadataMissing({ file: parameters.file, key });
  if (!isTexts(value)) throw invalid(parameters, key, value, 'a list of texts');
  return value;
}

export function integersOf(parameters: ParameterFile, key: string): Int32Array | Uint32Array {
  const value = parameters.metadata.get(key);
  if (value === undefined) throw metadataMissing({ file: parameters.file, key });
  if (!(value instanceof Int32Array) && !(value instanceof Uint32Array)) {
    throw invalid(parameters, key, value, 'a list of whole numbers');
  }
  return value;
}

const isTexts = (value: MetadataValue): value is readonly string[] =>
  Array.isArray(value) && (value.length === 0 || typeof value[0] === 'string');

function invalid(parameters: ParameterFile, key: string, value: MetadataValue, expected: string) {
  const found = typeof value === 'object' ? `a list of ${value.length}` : String(value);
  return metadataInvalid({ file: parameters.file, key, found, expected });
}
