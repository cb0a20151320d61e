// `npm run bench`: bundles the bench and what it measures into out/bench, then runs it.
import { bundle, importBundled } from './bundle.mjs';

await bundle(['generation', 'ours']);
await importBundled('generation');
