import type { Agent, Plan } from '../../src/core/state.ts';
import type { Store } from '../store.ts';
import { formatBytes, formatClock } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import { AgentButton } from './taskTable.tsx';

/** What agents handed to others under a name, and what is still to come. */
export function ArtefactList({ store, plan }: { readonly store: Store; readonly plan: Plan }) {
  const { agents } = store.mirror.value.state;
  const published = new Set(plan.artefacts.map((artefact) => artefact.name));
  const awaited = plan.tasks
    .filter((task) => task.status === 'waiting' || task.status === 'running')
    .flatMap((task) => (task.publishes ?? []).map((name) => ({ name, by: task.title })))
    .filter(({ name }) => !published.has(name));
  return plan.artefacts.length + awaited.length === 0 ? null : (
    <section class="plan-part" aria-labelledby="plan-artefacts">
      <h3 id="plan-artefacts">Artefacts</h3>
      <ul>
        {plan.artefacts.map((artefact) => {
          const agent: Agent | undefined = agents[artefact.agentId];
          return (
            <li key={artefact.name}>
              <span class="part-name cut">{toVisibleLine(artefact.name)}</span>
              <span>version {artefact.version}</span>
              <span class="dim">{formatBytes(artefact.bytes)}</span>
              <span class="dim">{formatClock(artefact.at)}</span>
              {agent === undefined ? null : <AgentButton store={store} agent={agent} selected={agent.id === store.view.value.agentId} />}
            </li>
          );
        })}
        {awaited.map(({ name, by }) => (
          <li key={`${name} ${by}`} class="dim">
            <span class="part-name cut">{toVisibleLine(name)}</span>
            <span class="cut">not published yet, expected of {toVisibleLine(by)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
