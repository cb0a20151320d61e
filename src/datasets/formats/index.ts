import { formatUnknown } from '../../core/index.js';
import { formatIds, type ExampleKind, type Format, type FormatId } from './format.js';
import { helpsteer } from './helpsteer.js';
import { openaiChat } from './openaiChat.js';
import { openaiPreference } from './openaiPreference.js';
import { touchstone } from './touchstone.js';
import { trlKto } from './trlKto.js';
import { trlPreference } from './trlPreference.js';
import { trlReward } from './trlReward.js';
import { trlSft } from './trlSft.js';
import { trlStepwise } from './trlStepwise.js';

export type AnyFormat = { [Kind in ExampleKind]: Format<Kind> }[ExampleKind];

/** Every format, in the order in which they are offered. */
export const formats: Readonly<Record<FormatId, AnyFormat>> = {
  'trl-preference': trlPreference,
  'trl-sft': trlSft,
  'trl-kto': trlKto,
  'trl-reward': trlReward,
  'trl-stepwise': trlStepwise,
  helpsteer,
  'openai-chat': openaiChat,
  'openai-preference': openaiPreference,
  touchstone,
};

export const isFormatId = (name: string): name is FormatId => formatIds.some((id) => id === name);

/** @throws InputError that names the known ones. */
export function formatNamed(name: string): AnyFormat {
  if (!isFormatId(name)) throw formatUnknown(name, formatIds);
  return formats[name];
}

export { formatIds, type ExampleKind, type Examples, type Format, type FormatId } from './format.js';
