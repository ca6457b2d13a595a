import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { AgentId } from '../../src/core/ids.ts';
import type { Store } from '../store.ts';
import type { FindIndex, Scene } from './scene.ts';
import type { Tip } from './spanTip.tsx';
import type { TimeRange } from './viewport.ts';

/** What pointer and keys work on: the canvas as it is now, and what they may change. */
export interface Surface {
  readonly store: Store;
  readonly find: FindIndex;
  /** The whole time there is to show. */
  readonly extent: () => TimeRange;
  readonly scene: () => Scene;
  readonly hovered: Signal<AgentId | undefined>;
  readonly tip: Signal<Tip | undefined>;
  /** What a screen reader is told. */
  readonly spoken: Signal<string>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
}
