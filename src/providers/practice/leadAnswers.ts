import { confirmations } from './conduct.ts';
import type { Ground } from './decompose.ts';
import { leadPlan } from './leadSteering.ts';
import { call, type Planned, text } from './planned.ts';
import { directivesOf, pathsIn, proposalIn, toDirective } from './steering.ts';
import { field, type Heard, type Story } from './story.ts';
import { isWithin } from './toolText.ts';
import { brief } from './words.ts';

/** What a lead answers to its agents: confirmations of requests, and yes or no to what they propose for the plan. */
export function answerAgents(story: Story, ground: Ground, atWork: number): readonly Planned[] {
  const confirmed = confirmations(story, (message) => leadPlan(toDirective(message, ground.terrain), atWork));
  return [...confirmed, ...settleProposals(story, ground)];
}

function settleProposals(story: Story, ground: Ground): readonly Planned[] {
  if (!story.tools.has('settle_proposal')) {
    return [];
  }
  const settled = new Set(story.calls.map((entry) => (entry.name === 'settle_proposal' ? field(entry.input, 'proposal_id') : undefined)));
  return story.heard.flatMap((message): Planned[] => {
    const id = proposalIn(message);
    if (id === undefined || settled.has(id)) {
      return [];
    }
    settled.add(id);
    const { accept, reason } = judgeProposal(message, story, ground);
    return [
      text(`${accept ? 'I accept' : 'I reject'} the proposed change of plan: ${reason}`),
      call('settle_proposal', { proposal_id: id, accept, reason }),
    ];
  });
}

/** A proposal fits when its reason is true of what this lead knows, and the work is not about to end. */
function judgeProposal({ text: proposal }: Heard, story: Story, { terrain, only, avoid }: Ground): { accept: boolean; reason: string } {
  if (directivesOf(story, terrain).some((directive) => directive.kind === 'finish')) {
    return { accept: false, reason: 'The work is being brought to an end; nothing new is started.' };
  }
  const missing = /([\w@.$-][\w@.$/-]*), which does not exist/.exec(proposal)?.[1];
  if (missing !== undefined) {
    const isThere = terrain.files.includes(missing) || terrain.folders.has(missing);
    return isThere
      ? { accept: false, reason: `${missing} is there; look again.` }
      : { accept: true, reason: `I know of no ${missing} either, so it has to be found out.` };
  }
  const named = pathsIn(proposal, terrain).filter((path) => terrain.files.includes(path) || terrain.folders.has(path));
  const outside = named.find((path) => !isWithin(path, only) || (avoid.length > 0 && isWithin(path, avoid)));
  if (outside !== undefined) {
    return { accept: false, reason: `${outside} is outside what this run is about.` };
  }
  return named.length > 0
    ? { accept: true, reason: `It rests on ${brief(named.join(', '), 120)}, which is there and belongs to the task.` }
    : { accept: false, reason: 'It names no place in the workspace that I could check it by.' };
}
