/**
 * A labeler's window without its page, for the soak test: takes what comes next, judges it, says when it is on disk, and says
 * when it has seen a row of somebody else. `labelerWindow FOLDER LABELER`; one JSON object a line.
 */
import { JudgementId } from '../../src/core/index.js';
import { LabelingQueue } from '../../src/labeling/labelingQueue.js';
import { promptFileReader } from '../../src/prompts/index.js';
import { openProject } from '../../src/store/index.js';

const [folder = '', labeler = ''] = process.argv.slice(2);
const say = (what: object): void => void process.stdout.write(`${JSON.stringify({ ...what, ms: Date.now() })}\n`);

const project = await openProject(folder, { readPromptFile: promptFileReader(folder), watch: 'on' });
const queue = new LabelingQueue(project, labeler);
const seen = new Set<string>();
project.onDidChange((change) => {
  queue.update(change);
  if (change.kind !== 'judgements') return;
  for (const promptId of change.promptIds ?? [])
    for (const row of project.judgementsOf(promptId)) {
      if (row.labeler === labeler || seen.has(row.id)) continue;
      seen.add(row.id);
      say({ seen: row.id });
    }
});

say({ opened: project.promptIds.length });
for (let n = 0; ; n += 1) {
  const [promptId] = queue.upcoming(undefined, new Set());
  if (promptId === undefined) break;
  project.claims.hold(promptId, labeler);
  const id = JudgementId.parse(`j-${labeler}-${process.pid}-${n}`);
  const ranking = project.candidatesOf(promptId).map((candidate) => [candidate.id]);
  const at = new Date().toISOString();
  // Long enough that a write is seldom one page.
  const rationale = `${id} `.repeat(100);
  say({ asked: id });
  await project.appendJudgements([{ id, promptId, labeler, at, status: 'submitted', ranking, rationale }]);
  say({ saved: id });
  await new Promise((resolve) => setTimeout(resolve, 40));
}
await project.close();
