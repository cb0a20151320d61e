/**
 * The ways to judge. A new one is a file beside these, a line in `others.ts` and one here. Ranking is there from the start;
 * the others are loaded when a project asks for one, so that the page opens as fast as it does.
 */
import type { JudgingMode } from '../../../src/core/index.js';
import type { LabelingSettings } from '../../../src/protocol.js';
import { composer, loadComposer } from '../compose/registry.js';
import type { Mode } from './mode.js';
import { rank } from './rank.js';

export type { Choice, Completeness, KeyRow, Mode, Reason, Reply } from './mode.js';

const modes: Partial<Record<JudgingMode, Mode>> = { rank };

/** The way to judge that the project chose; `loadMode` must have been waited for. */
export const modeOf = ({ mode }: Pick<LabelingSettings, 'mode'>): Mode => modes[mode] ?? rank;

/** Undefined when it is there already. Rejects when that part of the page can't be read. */
export function loadMode(mode: JudgingMode): Promise<void> | undefined {
  if (modes[mode] !== undefined) return undefined;
  if (mode === 'compose') return loadCompose();
  return import('./others.js').then((others) => void Object.assign(modes, others));
}

async function loadCompose(): Promise<void> {
  await loadComposer();
  const loaded = composer();
  if (loaded) modes.compose = loaded.mode;
}
