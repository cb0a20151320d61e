/** A model's reasoning before its answer, as models mark it. */
export function splitThought(text: string): { thought?: string; answer: string; isThinking: boolean } {
  const open = /^\s*<think>/.exec(text);
  if (!open) return { answer: text, isThinking: false };
  const from = open[0].length;
  const to = text.indexOf('</think>', from);
  if (to < 0) return { thought: text.slice(from), answer: '', isThinking: true };
  return { thought: text.slice(from, to), answer: text.slice(to + '</think>'.length), isThinking: false };
}
