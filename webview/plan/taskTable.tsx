import { batch, useSignal } from '@preact/signals';
import type { Agent, Run } from '../../src/core/state.ts';
import { countText } from '../../src/core/rowText.ts';
import { Icon, isTurning } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { formatDuration } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import type { LineGroup, TaskLine } from './taskLines.ts';

interface TaskTableProps {
  readonly store: Store;
  readonly run: Run;
  readonly groups: readonly LineGroup[];
}

/** More lines than this are asked for. */
const firstLines = 200;

const columns = [
  { name: 'Task', style: 'task-title' },
  { name: 'Status', style: 'task-status' },
  { name: 'Waits for, does, or why', style: 'task-detail' },
  { name: 'Type', style: 'task-type' },
  { name: 'Agent', style: 'task-agent' },
  { name: 'Round, attempt', style: 'task-tries' },
  { name: 'Time', style: 'task-time' },
] as const;

/** Every task of a plan with how it stands. */
export function TaskTable({ store, run, groups }: TaskTableProps) {
  const shown = useSignal(firstLines);
  const count = groups.reduce((sum, group) => sum + group.lines.length, 0);
  // A column that is empty for every task would only take room from the others.
  const tried = groups.some((group) => group.lines.some((line) => line.tries !== ''));
  const heads = columns.filter(({ style }) => tried || style !== 'task-tries');
  let left = shown.value;
  return (
    <div class="task-table">
      <table aria-label="Tasks">
        <thead>
          <tr>
            {heads.map(({ name, style }) => (
              <th key={name} scope="col" class={style}>
                {name}
              </th>
            ))}
            <th scope="col" class="task-acts">
              <span class="for-readers">Actions</span>
            </th>
          </tr>
        </thead>
        {groups.map((group) => {
          const lines = group.lines.slice(0, Math.max(0, left));
          left -= group.lines.length;
          return lines.length === 0 ? null : (
            <tbody key={group.name ?? ''}>
              {group.name === undefined ? null : (
                <tr class="group-line">
                  <th scope="rowgroup" colSpan={heads.length + 1}>
                    <span class="group-name">{group.name}</span> {countText(group.lines.length, 'task')}
                    {group.lines.length > 1 ? ', at the same time if there are slots' : ''}
                  </th>
                </tr>
              )}
              {lines.map((line) => (
                <TaskRow key={line.task.id} store={store} run={run} line={line} tried={tried} />
              ))}
            </tbody>
          );
        })}
      </table>
      {count > shown.value ? (
        <button type="button" class="link-button" onClick={() => (shown.value += firstLines)}>
          Show more of {count} tasks
        </button>
      ) : null}
    </div>
  );
}

interface TaskRowProps extends Pick<TaskTableProps, 'store' | 'run'> {
  readonly line: TaskLine;
  /** Whether there is a column for rounds and attempts. */
  readonly tried: boolean;
}

function TaskRow({ store, run, line, tried }: TaskRowProps) {
  const { task, sign, agent } = line;
  const { readOnly } = store.mirror.value;
  const title = toVisibleLine(task.title);
  const selected = agent !== undefined && agent.id === store.view.value.agentId;
  return (
    <tr class={`status-${task.status}${line.critical ? ' critical' : ''}${selected ? ' selected' : ''}`}>
      <th scope="row" class="task-title" title={titleOf(line)}>
        <span class="task-cell">
          <Icon name={sign.icon} tone={sign.tone} spin={isTurning(sign.icon)} />
          <span class="cut">{title}</span>
          {line.critical ? <span class="for-readers">, {onPath.toLowerCase()}</span> : null}
        </span>
      </th>
      <td class={`task-status tone-of-${sign.tone}`}>{sign.words}</td>
      <td class="task-detail cut" title={line.detailTitle}>
        {toVisibleLine(line.detail)}
      </td>
      <td class="task-type cut" title={toVisibleLine(task.agentType)}>
        {toVisibleLine(task.agentType)}
      </td>
      <td class="task-agent cut">{agent === undefined ? null : <AgentButton store={store} agent={agent} selected={selected} />}</td>
      {tried ? (
        <td class="task-tries cut" title={line.tries}>
          {line.tries}
        </td>
      ) : null}
      <td class="task-time">{line.ms === undefined ? '' : formatDuration(line.ms)}</td>
      <td class="task-acts">
        {line.cancellable ? (
          <button
            type="button"
            class="icon-button"
            title={readOnly ?? `Cancel “${title}”`}
            aria-label={`Cancel task ${title}`}
            disabled={readOnly !== undefined}
            onClick={() => store.post({ type: 'cancelTask', runId: run.id, taskId: task.id })}
          >
            <Icon name="close" />
          </button>
        ) : null}
      </td>
    </tr>
  );
}

const onPath = 'On the critical path';

/** What there may be no room for. */
function titleOf({ task, tries, ms, critical }: TaskLine): string {
  const facts = [toVisibleLine(task.agentType), tries, ms === undefined ? '' : formatDuration(ms), critical ? onPath : ''];
  const lines = [toVisibleLine(task.title), toVisibleLine(task.brief.objective), facts.filter((fact) => fact !== '').join(' · ')];
  return lines.join('\n');
}

/** An agent by its label; follows its transcript. */
export function AgentButton({ store, agent, selected }: { readonly store: Store; readonly agent: Agent; readonly selected: boolean }) {
  const label = toVisibleLine(agent.label);
  return (
    <button
      type="button"
      class="link-button cut"
      title={`Show the transcript of ${label}`}
      {...(selected ? { 'aria-current': 'true' as const } : {})}
      onClick={() =>
        batch(() => {
          store.change({ tab: 'transcript' });
          store.select(agent.id);
        })
      }
    >
      {label}
    </button>
  );
}
