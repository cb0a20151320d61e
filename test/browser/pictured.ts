/** What the pictures show: work as people would have it, the same each time but for the days. */
import { seededRandom, shuffled } from '../../src/core/index.js';

const user = (content: string) => ({ role: 'user', content });
const system = (content: string) => ({ role: 'system', content });
const answersOf = (texts: readonly string[]) => texts.map((text, index) => ({ id: 'abcdefgh'[index], text }));

const backup = {
  prompt: {
    messages: [
      system('You are a careful Linux support engineer. Prefer checks that change nothing.'),
      user(
        'Our nightly backup fails with `No space left on device`, but `df -h` shows 40 GB free on that disk. What should I check, and in which order?',
      ),
    ],
  },
  texts: [
    `“No space left” with free gigabytes nearly always means that something *other than blocks* ran out. Check in this order, cheapest first:

1. **Inodes.** Many small files can use them all.
   \`\`\`sh
   df -i /backup        # IUse% at 100 is the answer
   find /backup -xdev -printf '%h\\n' | sort | uniq -c | sort -n | tail
   \`\`\`
2. **The right file system.** The script may write to \`/tmp\` first: \`df -h "$TMPDIR" /tmp\`.
3. **Deleted files still open.** \`lsof +L1\` lists them; restart the process that holds them.
4. **Quota and reserved blocks.** \`quota -s\`, \`tune2fs -l\`.

| Sign | Cause |
| --- | --- |
| \`IUse% 100\` | inodes |
| \`df\` ≠ \`du\` | deleted, open |
| only as user | quota, reserve |

None of these changes anything, so they are safe to run in production.`,
    `#### Short answer

Run \`df -i\`. If \`IUse%\` is 100 %, the disk has free blocks but no free inodes, and no new file can be created.

#### Why it happens to backups

Incremental backups made with hard links (rsync \`--link-dest\`, rsnapshot) create one directory tree a night. Directories are never shared, so a tree of 300,000 folders costs 300,000 inodes every night, even if no file changed.

#### What to check, in order

1. \`df -i\` on the target, then on \`/tmp\` and \`/var/tmp\`.
2. \`lsof +L1 | sort -k7 -n | tail\`: deleted files that are still held open.
3. \`dmesg -T | tail -50\`: an ext4 error can remount the disk read-only.
4. \`tune2fs -l /dev/sdb1 | grep -i reserved\`: 5 % is kept for root by default.

> 40 GB free is exactly 5 % of 800 GB. If your disk is about that size, start with point 4.`,
    `Your disk is full of temporary files. Run:

\`\`\`sh
sudo rm -rf /tmp/*
sudo df --repair-inodes /dev/sdb1
sudo reboot
\`\`\`

The option \`--repair-inodes\` rebuilds the free list, which often shows the wrong number after a crash. After the reboot the backup will work again. If it does not, buy a bigger disk, as 40 GB is usually too small for a backup anyway.`,
    `Start with the checks that explain *most* of these cases:

1. \`df -i\` – free inodes on the target.
2. \`df -h /tmp\` – many tools stage the archive there, and \`/tmp\` is often a small tmpfs.
3. \`lsof +L1\` – space that is held by deleted files.
4. \`mount | grep backup\` – is the disk mounted at all? If it is not, the script fills the root disk under the empty mount point, and \`df\` on the device tells you nothing.

Then look at the log of the script itself: it names the path that failed, and \`df -h\` and \`df -i\` on *that path* settle it.`,
  ],
};

const disk = {
  prompt: {
    messages: [
      user(
        '부팅할 때마다 “디스크 검사 필요” 메시지가 나옵니다. 데이터를 잃지 않고 원인을 확인하는 방법을 알려 주세요.',
      ),
    ],
  },
  texts: [
    `먼저 중요한 데이터를 다른 디스크에 복사하세요. 그다음 읽기 전용 검사부터 시작하면 안전합니다.

1. \`sudo dmesg | grep -i ata\` 로 연결 오류가 있는지 봅니다.
2. \`sudo smartctl -a /dev/sda\` 에서 Reallocated_Sector_Ct 값이 늘고 있으면 디스크를 교체해야 합니다.
3. \`sudo fsck -n /dev/sda2\` 는 아무것도 고치지 않고 검사만 합니다.

세 가지가 모두 정상이면 종료가 제대로 되지 않아 저널이 남은 경우가 많습니다.`,
    `다음 순서로 확인하세요.

1. \`sudo smartctl -a /dev/sda\` 로 디스크 상태를 봅니다.
2. \`sudo fsck -y /dev/sda2\` 로 오류를 자동으로 고칩니다.
3. 다시 부팅해서 메시지가 사라졌는지 확인합니다.

마운트된 파티션에서는 fsck를 실행하지 마세요. 파일 시스템이 손상될 수 있습니다.`,
  ],
};

const balls = {
  prompt: {
    messages: [
      user(
        'A box holds 5 red and 3 blue balls. Two are drawn without putting back. What is the chance that both have the same colour?',
      ),
    ],
    reference: '13/28',
  },
  texts: [
    `<think>Eight balls, two drawn. Same colour means both red or both blue. Count the ways for each and divide by all ways to draw two.</think>There are 8 balls, so two of them can be drawn in $\\frac{8 \\cdot 7}{2} = 28$ ways.

Two red ones: $\\frac{5 \\cdot 4}{2} = 10$ ways.

The order in which they are drawn could matter here, but it is the same for both, so we leave it.

Two blue ones: $\\frac{3 \\cdot 3}{2} = 4.5$, which we round to 4 ways.

Same colour in $10 + 4 = 14$ of 28 ways.

The chance is $\\frac{14}{28} = \\frac{1}{2}$. **Answer: one half.**`,
    `The first ball is red with $\\frac{5}{8}$, and then the second one with $\\frac{4}{7}$: together $\\frac{20}{56}$.

It is blue with $\\frac{3}{8}$, and then the second one with $\\frac{2}{7}$: together $\\frac{6}{56}$.

The two cases exclude each other, so they add up: $\\frac{26}{56} = \\frac{13}{28}$.

**Answer: 13/28, about 46 %.**`,
  ],
};

type Pictured = { readonly prompt: object; readonly texts: readonly string[] };

/** `nAnswers` answers to one prompt, with a second prompt to go on to. */
const project = ({ prompt, texts }: Pictured, nAnswers = texts.length): object[] => [
  { prompt, candidates: answersOf(texts.slice(0, nAnswers)) },
  {
    prompt: { messages: [user('And how do I see it coming the next time?')] },
    candidates: answersOf(texts.slice(0, nAnswers)),
  },
];

export const pictured = {
  backup: (nAnswers?: number) => project(backup, nAnswers),
  disk: () => project(disk),
  balls: () => project(balls),
};

const labelers = ['jiwoo', 'sam', 'noor', 'tomasz'] as const;
/** How far a labeler's eye strays from what is better, and how long a prompt takes, in seconds. */
const habits = { jiwoo: [0.22, 64], sam: [0.26, 82], noor: [0.3, 73], tomasz: [0.9, 19] } as const;
/** Of those judged in a week, on which day: the weekend is quiet, and tomasz began today. */
const share = [0.16, 0.36, 0.57, 0.6, 0.6, 0.79, 1] as const;

/**
 * A week of four people's work on 160 prompts, two people a prompt. Who looks longer is better; answers of several lengths,
 * of which the longer one is liked a little more than it deserves. One in twelve has a gold ranking, one in ten came again.
 */
export function weekOfWork(now: Date): object[] {
  const random = seededRandom('a week of work');
  const normal = () => random() + random() + random() + random() - 2;
  return Array.from({ length: 160 }, (_, place) => {
    const candidates = Array.from({ length: 4 }, (__, index) => {
      const nWords = 20 + Math.floor(random() * 160);
      const quality = random() + nWords / 400;
      return {
        id: 'abcd'[index] ?? '',
        text: `${'A word and more. '.repeat(nWords / 4)}(${place}, ${index})`,
        nWords,
        quality,
      };
    });
    const [first = 'jiwoo', second = 'sam'] = shuffled(labelers.slice(0, 3), random);
    const isLate = place >= 116;
    const judging =
      place >= 134 ? [] : isLate ? [random() < 0.5 ? 'tomasz' : first] : place % 9 === 8 ? [first] : [first, second];
    const nWords = candidates.reduce((sum, candidate) => sum + candidate.nWords, 0);
    const judgements = judging.flatMap((labeler) => {
      const [stray, seconds] = habits[labeler];
      const order = shuffled(candidates, random).map(({ id }) => id);
      const part = labeler === 'tomasz' ? 1 : random();
      const daysAgo = 6 - share.findIndex((upTo) => part <= upTo);
      const at = now.getTime() - daysAgo * 86_400_000 - Math.floor(random() * 3_600_000);
      const judge = (pass: number) => {
        const seen = candidates.map(({ id, quality }) => ({ id, seen: quality + stray * normal() }));
        const ranking = seen.toSorted((a, b) => b.seen - a.seen).map(({ id }) => [id]);
        return {
          labeler,
          status: 'submitted',
          at: new Date(at + pass * 1_800_000).toISOString(),
          mode: 'rank',
          ranking,
          ...(pass > 0 && { pass }),
          ...(random() < 0.12 && { flags: { [ranking.at(-1)?.[0] ?? 'a']: ['hallucination'] } }),
          activeMs: Math.round(seconds * 1000 * (0.5 + nWords / 600) * (0.7 + 0.6 * random())),
          shown: {
            order: pass > 0 ? order.toReversed() : order,
            words: Object.fromEntries(candidates.map((candidate) => [candidate.id, candidate.nWords])),
          },
        };
      };
      return random() < 0.1 ? [judge(0), judge(1)] : [judge(0)];
    });
    const gold = candidates.toSorted((a, b) => b.quality - a.quality).map(({ id }) => [id]);
    return {
      prompt: {
        messages: [user(`${questions[place % questions.length] ?? ''} (${place + 1})`)],
        ...(place % 12 === 5 && { gold }),
      },
      candidates: candidates.map(({ id, text }) => ({ id, text })),
      ...(judgements.length > 0 && { judgements }),
    };
  });
}

const questions = [
  'Our nightly backup fails with “No space left on device”. What should I check?',
  'Why is the first request after a quiet night slow?',
  'How do I move a mailbox without losing its rules?',
  'Where is my parcel?',
  'Which of the two plans is cheaper for five people?',
  'Can I undo a force push?',
];
