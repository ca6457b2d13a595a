import type { Plan } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { formatClock } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import { actorWords } from '../text/words.ts';
import { changesText, proposalSign } from './planWords.ts';

/** The changes of plan that agents proposed, the open ones first. */
export function ProposalList({ store, plan }: { readonly store: Store; readonly plan: Plan }) {
  const { agents } = store.mirror.value.state;
  const proposals = plan.proposals.toSorted((a, b) => Number(a.settled !== undefined) - Number(b.settled !== undefined) || b.at - a.at);
  return proposals.length === 0 ? null : (
    <section class="plan-part" aria-labelledby="plan-proposals">
      <h3 id="plan-proposals">Proposed changes</h3>
      <ul>
        {proposals.map((proposal) => {
          const sign = proposalSign(proposal);
          const reason = toVisibleLine(proposal.reason);
          const answer = toVisibleLine(proposal.settled?.reason ?? '');
          return (
            <li key={proposal.id}>
              <Icon name={sign.icon} tone={sign.tone} />
              <span class="request-kind">
                {sign.words}
                {proposal.settled === undefined ? '' : ` by ${actorWords(proposal.settled.by, agents)}`}
              </span>
              <span class="cut" title={reason}>
                {reason}
              </span>
              {answer === '' ? null : (
                <span class="dim cut" title={answer}>
                  Answer: {answer}
                </span>
              )}
              <span class="dim">
                {changesText(proposal.changes)}, by {actorWords(proposal.by, agents)}, {formatClock(proposal.at)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
