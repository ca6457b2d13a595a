import { type AgentId, isIdText, type RunId, toId } from '../src/core/ids.ts';
import type { Zoom } from './lanes/viewport.ts';

/** The parts of the detail pane. */
export const tabs = ['transcript', 'usage', 'report'] as const;
export type Tab = (typeof tabs)[number];

/** What stands beside the detail pane: the agents over time, or the run's plan. */
export const mains = ['lanes', 'plan'] as const;
export type Main = (typeof mains)[number];

/** What the person chose to look at; kept by the window while the view is hidden or reloaded. */
export interface ViewState {
  /** `newest` follows whichever run started last. */
  readonly run: RunId | 'newest' | 'all';
  readonly agentId: AgentId | undefined;
  readonly zoom: Zoom;
  readonly collapsed: readonly AgentId[];
  readonly tab: Tab;
  readonly main: Main;
  /** Whether the tasks of a plan stand in groups that can be worked on at the same time, instead of in the plan's order. */
  readonly grouped: boolean;
  readonly legend: boolean;
  /** Share of the space that lanes or plan take from the detail, and width of the column of names in px. */
  readonly split: number;
  readonly names: number;
}

export const defaultView: ViewState = {
  run: 'newest',
  agentId: undefined,
  zoom: { kind: 'fit' },
  collapsed: [],
  tab: 'transcript',
  main: 'lanes',
  grouped: false,
  legend: true,
  split: 0.5,
  names: 380,
};

/** Reads stored view state of any shape; what cannot be understood falls back to its default. */
export function parseView(stored: unknown): ViewState {
  if (!isRecord(stored)) {
    return defaultView;
  }
  const { run, agentId, zoom, collapsed, tab, main, grouped, legend, split, names } = stored;
  return {
    run: run === 'all' || run === 'newest' || !isId(run) ? (run === 'all' ? 'all' : 'newest') : toId('run', run),
    agentId: isId(agentId) ? toId('agent', agentId) : undefined,
    zoom: parseZoom(zoom),
    collapsed: Array.isArray(collapsed) ? collapsed.filter(isId).map((id) => toId('agent', id)) : [],
    tab: tabs.find((known) => known === tab) ?? defaultView.tab,
    main: mains.find((known) => known === main) ?? defaultView.main,
    grouped: typeof grouped === 'boolean' ? grouped : defaultView.grouped,
    legend: typeof legend === 'boolean' ? legend : defaultView.legend,
    split: within(split, 0.1, 0.9) ?? defaultView.split,
    names: within(names, 120, 900) ?? defaultView.names,
  };
}

function parseZoom(value: unknown): Zoom {
  if (isRecord(value)) {
    const { kind, width, from, to } = value;
    if (kind === 'follow' && isFinite(width) && width > 0) {
      return { kind, width };
    }
    if (kind === 'free' && isFinite(from) && isFinite(to) && from < to) {
      return { kind, from, to };
    }
  }
  return defaultView.zoom;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return isIdText(value);
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function within(value: unknown, low: number, high: number): number | undefined {
  return isFinite(value) && value >= low && value <= high ? value : undefined;
}
