// `npm run build:wasm`: makes src/store/foldedScanProgram.ts of foldedScan.wat. The result is in the repository, so that neither
// a build nor a bundle of a test needs a step more; a unit test holds the two together.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import makeWabt from 'wabt';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', 'src', 'store');
const features = { simd: true, sat_float_to_int: true };

/** The module that makes `foldedScan.wat`. @throws with the line of the first error */
export async function makeProgram() {
  const { parseWat } = await makeWabt();
  const program = parseWat('foldedScan.wat', readFileSync(path.join(folder, 'foldedScan.wat')), features);
  program.validate(features);
  return Buffer.from(program.toBinary({}).buffer);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(
    path.join(folder, 'foldedScanProgram.ts'),
    `/** foldedScan.wat as a module, base64: made by \`npm run build:wasm\`. */
export const foldedScanProgram =
  '${(await makeProgram()).toString('base64')}';
`,
  );
