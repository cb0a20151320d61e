/** Recorded host messages: one prompt with up to eight answers of every kind. */
import { CandidateId, PromptId } from '../../src/core/index.js';
import type { AnswerView, LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';

export const id = (letter: string, prompt = 'p1'): CandidateId => CandidateId.parse(`c-${prompt}-${letter}`);

export const settings: LabelingSettings = {
  projectName: 'Support answers',
  locale: 'en',
  mode: 'rank',
  pair: { points: 7, goOn: 'enter' },
  rubric: [],
  steps: { judgeAll: false, judgeThoughts: false },
  flags: [
    { id: 'hallucination', key: 'h', label: 'Hallucination' },
    { id: 'unsafe', key: 'u', label: 'Unsafe' },
    { id: 'refusal', key: 'r', label: 'Refusal' },
    { id: 'off-topic', key: 'o', label: 'Off topic' },
    { id: 'prompt-injection', key: 'i', label: 'Prompt injection' },
    { id: 'personal-data', key: 'p', label: 'Personal data' },
  ],
  partial: 'allow',
  rationale: 'optional',
  impliedLast: true,
  hints: true,
  singleKeys: true,
  keys: {},
  layout: 'auto',
  readingWidth: 76,
  fontSize: 0,
  strings: {},
};

const texts = [
  `Most hosts that time out on the first request and answer the second have a cold path. Look in this order:

1. **Name lookup.** The first query may wait for a dead resolver.
   \`\`\`
   resolvectl query api.example.org     # how long, and who answered
   cat /etc/resolv.conf | grep -n nameserver | head
   \`\`\`
2. **IPv6 first.** \`curl -4\` against \`curl -6\` tells at once.
3. **A sleeping container.** The platform may stop it after a while.
4. **TLS tickets.** \`openssl s_client -reconnect\`.

| Sign | Cause |
| --- | --- |
| \`5.00 s\` exactly | resolver |
| only \`curl -6\` | route |
| after a quiet night | sleeping |

None of these changes anything.`,
  `### In short

Run \`curl -w '%{time_namelookup} %{time_connect} %{time_total}\\n'\` twice. The column that shrinks names the culprit.

### Why only the first one

Resolvers, connection pools and just-in-time compilers all keep what they did once. A first request pays for *all* of them, and a timeout of 5 seconds is met easily when a resolver in the list is dead: it is asked first, waited for, and only then passed over.

### What to check, in order

1. \`time_namelookup\` near 5: the resolver list.
2. \`time_connect\` large: the route, or a firewall that drops instead of refusing.
3. \`time_appconnect\` large: certificates that are checked against a server that does not answer.
4. All small, \`time_total\` large: the application itself wakes up.
5. \`ss -ti\` shows retransmissions: a path with a smaller packet size.

> A wait of exactly 5 seconds is a resolver. A wait of exactly 3, 7 or 15 is a packet that got lost.

### If it is the application

Keep one instance warm, or send it a request a minute. That costs less than every other cure, and a day of graphs will show whether it was worth it. If it was not, look at what it loads when it wakes.`,
  `Your server is too slow. Run:

\`\`\`
sudo sysctl -w net.ipv4.tcp_first_request=1
sudo reboot
\`\`\`

The setting \`tcp_first_request\` makes the kernel answer first requests at once. After the reboot all is well. If it is not, rent a larger server, since small ones always lose their first request.`,
  `Begin with what explains *most* of these cases:

1. \`dig +stats\` – is the lookup slow?
2. \`curl -4\` – does it help to leave IPv6 out?
3. \`docker ps\` – was the container started by the request?
4. \`tail -f\` on the log – the time between accept and the first line is the application’s own; what comes before is the network’s, and the two are worth keeping apart from the start.

Then repeat it after ten minutes of silence: a path that`,
  `Time it in parts: \`curl -w\` knows name lookup, connect, handshake and the rest. Then:

\`\`\`
for i in 1 2 3; do curl -so /dev/null -w '%{time_total}\\n' URL; done
\`\`\`

The first is slow and the others are not: something wakes up. All are slow: the network.`,
  `I need more to go on. Which client, and is the wait always equally long? With both I can tell you whether the resolver or the application is the likely one. Meanwhile \`curl -v\` is safe to run.`,
  `I’m sorry, I can’t help with servers. Please ask your administrator.`,
  `Order matters:

1. Measure with \`curl -w\`.
2. Leave IPv6 out.
3. Ask the resolver directly.
4. Look at the log of the first request.

On a platform that puts idle programs to sleep, none of this helps: there the first request always starts the program, and the cure is a minimum of one instance.`,
];

export function answers(nAnswers: number, prompt = 'p1'): AnswerView[] {
  return texts.slice(0, nAnswers).map((text, index) => ({
    candidateId: id('ABCDEFGH'[index] ?? '', prompt),
    state: 'complete',
    text,
  }));
}

export function prompt(nAnswers = 4, name = 'p1', changes: Partial<PromptView> = {}): PromptView {
  return {
    promptId: PromptId.parse(name),
    index: 128,
    messages: [
      { role: 'system', content: 'You are a careful network engineer. Prefer checks that change nothing.' },
      {
        role: 'user',
        content:
          'The first request to our service times out after `5 s`, the second one `curl -v` answers at once. What should I check, and in which order?',
      },
    ],
    source: 'prompts/support.jsonl:128',
    answers: answers(nAnswers, name),
    ownId: id('O', name),
    draft: { ranking: [] },
    status: 'open',
    ...changes,
  };
}

export const opening = (view: PromptView, changes: Partial<LabelingSettings> = {}): ToLabelingPage[] => [
  { type: 'settings', settings: { ...settings, ...changes } },
  { type: 'progress', progress: { nPrompts: 500, nSubmitted: 127, nToday: 46, perHour: 41 } },
  { type: 'prompt-show', prompt: view },
];
