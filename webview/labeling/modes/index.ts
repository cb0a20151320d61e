/** The ways to judge. A new one is a file beside these and a line here. */
import type { LabelingSettings } from '../../../src/protocol.js';
import type { Mode } from './mode.js';
import { rank } from './rank.js';

export type { Choice, Completeness, KeyRow, Mode, Reply } from './mode.js';

/** The way to judge that the project chose. */
export function modeOf(_settings: LabelingSettings): Mode {
  return rank;
}
