import type { OpenRequest } from '../../src/core/openRequests.ts';
import type { Run } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import { askerOf, requestTitle, shownRequests } from '../scope.ts';
import type { Store } from '../store.ts';
import { formatDuration } from '../text/format.ts';
import { purposeWords } from './planWords.ts';

/** What waits for the person in a run, each with the way to its review. */
export function RequestList({ store, run, now }: { readonly store: Store; readonly run: Run; readonly now: number }) {
  const { state, readOnly } = store.mirror.value;
  const requests = shownRequests(state, run);
  return requests.length === 0 ? null : (
    <section class="plan-part requests" aria-labelledby="plan-requests">
      <h3 id="plan-requests">Needs you</h3>
      <ul>
        {requests.map((request) => (
          <li key={request.askId}>
            <Icon name={request.kind === 'decision' ? 'question' : 'report'} tone="person" />
            <span class="request-kind">{kindWords(request)}</span>
            <span class="cut" title={requestTitle(state, request)}>
              {requestTitle(state, request)}
            </span>
            <span class="dim">{formatDuration(now - request.at)}</span>
            <button
              type="button"
              class="button"
              disabled={readOnly !== undefined}
              title={readOnly}
              aria-label={`Review: ${requestTitle(state, request)}`}
              onClick={() => {
                const asker = askerOf(request);
                if (asker !== undefined) {
                  store.select(asker);
                }
                store.post({ type: 'review', askId: request.askId });
              }}
            >
              Review
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function kindWords(request: OpenRequest): string {
  if (request.kind === 'decision') {
    return purposeWords[request.decision.purpose];
  }
  if (request.kind === 'train') {
    return 'Merge';
  }
  return request.ask.ask.kind === 'question' ? 'Question' : 'Approval';
}
