import { expect, test } from 'vitest';
import { makeProgram } from '../../../scripts/buildWasm.mjs';
import { foldedScanProgram } from '../../../src/store/foldedScanProgram.js';

test('the program of a search is the one that foldedScan.wat makes; `npm run build:wasm` makes it again', async () => {
  expect(foldedScanProgram).toBe((await makeProgram()).toString('base64'));
});
