import { isTaskIdText, type TaskId, toId } from '../ids.ts';

const prefix = 'report-';

/** The name under which an agent reads the whole report of a task that it was given in short. */
export function reportNoteName(taskId: TaskId): string {
  return `${prefix}${taskId}`;
}

/** The task whose report a note of this name is; undefined for every other note. */
export function taskOfReportNote(name: string): TaskId | undefined {
  const id = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return isTaskIdText(id) ? toId('task', id) : undefined;
}
