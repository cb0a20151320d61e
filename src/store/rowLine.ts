/**
 * What the lines of a candidate's journal tell without a parser: ids at the start, writer and sequence number at the end.
 *
 *   {"id":"c<16 hex>","promptId":"p<16 hex>",…,"_journal":{"writer":"3f2a9c","seq":12,"sum":"1a2b3c4d"}}
 */
import { crc32 } from 'node:zlib';
import { hexAt } from './idTable.js';

export interface RowLine {
  idHigh: number;
  idLow: number;
  promptHigh: number;
  promptLow: number;
  /** Place of the writer's name in the bytes that were read. */
  writerStart: number;
  writerEnd: number;
  seq: number;
}

const opening = Buffer.from('{"id":"c');
const between = Buffer.from('","promptId":"p');
const beforeWriter = Buffer.from('"_journal":{"writer":"');
const beforeSeq = Buffer.from('","seq":');
const beforeSum = Buffer.from(',"sum":"');
const closing = Buffer.from('"}}');
const idAt = opening.length;
const promptAt = idAt + 16 + between.length;
const headLength = promptAt + 16 + 2;
const sumLength = beforeSum.length + 8 + closing.length;
const maxSeqDigits = 15;

/**
 * Reads the line `[start, end)` into `row`. False for a line of any other form, which takes a parser. The checksum is only
 * compared when asked: without, a line with good ends and a bad middle passes, and has to be checked later.
 */
export function readRowLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  check: 'sum' | 'ends',
  row: RowLine,
): boolean {
  const sumStart = end - sumLength;
  if (sumStart < start + headLength + beforeWriter.length) return false;
  if (!isAt(bytes, start, opening) || !isAt(bytes, start + idAt + 16, between)) return false;
  if (bytes[start + promptAt + 16] !== 0x22 || bytes[start + promptAt + 17] !== 0x2c) return false;
  if (!isAt(bytes, sumStart, beforeSum) || !isAt(bytes, end - closing.length, closing)) return false;
  row.idHigh = hexAt(bytes, start + idAt);
  row.idLow = hexAt(bytes, start + idAt + 8);
  row.promptHigh = hexAt(bytes, start + promptAt);
  row.promptLow = hexAt(bytes, start + promptAt + 8);
  const sum = hexAt(bytes, end - closing.length - 8);
  if (row.idHigh < 0 || row.idLow < 0 || row.promptHigh < 0 || row.promptLow < 0 || sum < 0) return false;

  let at = sumStart - 1;
  let seq = 0;
  let scale = 1;
  const first = sumStart - maxSeqDigits;
  for (; at >= first; at -= 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    seq += digit * scale;
    scale *= 10;
  }
  if (scale === 1) return false;
  row.seq = seq;
  row.writerEnd = at + 1 - beforeSeq.length;
  if (!isAt(bytes, row.writerEnd, beforeSeq)) return false;
  at = row.writerEnd - 1;
  while (at > row.writerEnd - 40 && isWriterByte(bytes[at] ?? 0)) at -= 1;
  row.writerStart = at + 1;
  if (row.writerStart === row.writerEnd || !isAt(bytes, row.writerStart - beforeWriter.length, beforeWriter))
    return false;
  return check === 'ends' || crc32(bytes.subarray(start, sumStart)) === sum;
}

/** Whether the last member of the line `[start, end)` is the checksum of what stands before it. */
export const isSumRight = (bytes: Uint8Array, start: number, end: number): boolean =>
  crc32(bytes.subarray(start, end - sumLength)) === hexAt(bytes, end - closing.length - 8);

function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

const isWriterByte = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
