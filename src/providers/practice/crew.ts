import { field, type Heard, type PastCall, senderId, senderLabel, type Story } from './story.ts';

/** An agent this lead spawned, as far as the history tells. */
export interface Member {
  readonly id: string;
  readonly label: string;
  readonly topicFocus: string;
  /** Its report, or the news that it has none. */
  readonly report: Heard | undefined;
  /** It ended without a report. */
  readonly lost: boolean;
  readonly wrappedUp: boolean;
  /** It is a task that had to wait for others when it was asked for, so that its id is the task's. */
  readonly planned: boolean;
}

const spawnedPattern = /\b(Spawned|Planned task) (\S+) \((.+?)\)/;

/** How the engine tells that a task ended without an agent's report. */
const endedPattern = /^Task (\S+) \(.*\) was (?:failed|skipped|cancelled)\b/;

/** Everyone spawned for the present task and what became of them. */
export function crewOf(story: Story): readonly Member[] {
  return story.calls.flatMap((entry): Member[] => {
    const match = entry.name === 'spawn_agent' && entry.result?.isError === false ? spawnedPattern.exec(entry.result.text) : null;
    if (match === null) {
      return [];
    }
    const [, kind, id = '', label = ''] = match;
    const task = field(entry.input, 'task_id') ?? id;
    const report =
      story.heard.findLast((message) => message.kind === 'report' && senderId(message.from) === id) ??
      // After another attempt the report is another agent's; of a task that never started there is only the engine's word.
      story.heard.findLast((message) => message.kind === 'report' && senderLabel(message.from) === label) ??
      story.heard.findLast((message) => message.from === 'engine' && endedPattern.exec(message.text)?.[1] === task);
    return [
      {
        id,
        label,
        topicFocus: field(entry.input, 'focus') ?? '',
        report,
        lost:
          report !== undefined &&
          (report.from === 'engine' ||
            / (?:failed and has no report|was killed by .*|was interrupted and) .*|and has no report/.test(firstLine(report.text))),
        planned: kind === 'Planned task',
        wrappedUp: asked(story.calls, 'wrap_up_agent', id),
      },
    ];
  });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

function asked(calls: readonly PastCall[], name: string, id: string): boolean {
  return calls.some((entry) => entry.name === name && entry.input['agent_id'] === id);
}

/** Why a spawn did not work, for each that did not. */
export function refusedSpawns(story: Story): readonly string[] {
  return story.calls.flatMap((entry) => (entry.name === 'spawn_agent' && entry.result?.isError === true ? [entry.result.text] : []));
}

/** How many of the last waits in a row brought nothing new: no message arrived with or after them. */
export function emptyWaits(story: Story): number {
  let count = 0;
  for (const entry of story.calls.filter((past) => past.name === 'wait_for_agents').toReversed()) {
    if (story.heard.some((message) => message.turn === entry.turn + 1)) {
      break;
    }
    count++;
  }
  return count;
}
