/**
 * The labeling page in any browser, fed with recorded messages: for work on looks. `npm run play:page`, then open the address
 * that it prints, with `?theme=light-modern` or `?theme=high-contrast` for the others. Reload after a build.
 */
import type { ToLabelingPage } from '../../src/protocol.js';
import { servePage } from './pageServer.js';
import { answers, opening, prompt } from './sample.js';

const whole = answers(4);
const first = prompt(4, 'p1', {
  answers: whole.map((answer, index) => (index === 3 ? { ...answer, state: 'writing', text: '' } : answer)),
});
const ahead: ToLabelingPage = {
  type: 'prompts-ahead',
  prompts: [2, 8, 3, 5].map((nAnswers, index) => prompt(nAnswers, `p${index + 2}`, { index: 129 + index })),
};
const last = whole[3];

/** Runs in the page: answers it as the host would, and writes the last answer slowly. */
const play = `
addEventListener('load', () => fromHost(...${JSON.stringify([...opening(first), ahead]).replaceAll('<', '\\u003c')}));
window.onSent = (message) => {
  console.log(message.type, message);
  const { requestId, promptId, revision } = message;
  if (message.type === 'draft-change') fromHost({ type: 'draft-saved', promptId, revision });
  if (requestId) fromHost({ type: 'judgement-saved', requestId, promptId });
};
const text = ${JSON.stringify(last?.text ?? '').replaceAll('<', '\\u003c')};
let at = 0;
const writing = setInterval(() => {
  fromHost({ type: 'answer-delta', candidateId: ${JSON.stringify(last?.candidateId)}, at, text: text.slice(at, at + 5) });
  at += 5;
  if (at < text.length) return;
  clearInterval(writing);
  fromHost({ type: 'answer-state', candidateId: ${JSON.stringify(last?.candidateId)}, state: 'complete' });
}, 120);
`;

const { url } = await servePage(Number(process.env['PORT'] ?? 0), play);
console.log(`The labeling page: ${url}/?theme=dark-modern`);
