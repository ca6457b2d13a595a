import { useRef } from 'preact/hooks';

interface SashProps {
  readonly label: string;
  readonly direction: 'row' | 'column';
  /** Value for assistive technology, from 0 to 100. */
  readonly value: number;
  /** Told how many px the border should move; `done` when a drag ends. */
  readonly onMove: (px: number) => void;
}

const step = 24;

/** A border between two panes that can be dragged, or moved with the arrow keys. */
export function Sash({ label, direction, value, onMove }: SashProps) {
  const last = useRef<number | undefined>(undefined);
  const at = (event: PointerEvent): number => (direction === 'row' ? event.clientX : event.clientY);
  const keys = direction === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  return (
    <div
      class={`sash sash-${direction}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(value)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = at(event);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (last.current !== undefined) {
          const now = at(event);
          onMove(now - last.current);
          last.current = now;
        }
      }}
      onPointerUp={() => {
        last.current = undefined;
      }}
      onPointerCancel={() => {
        last.current = undefined;
      }}
      onKeyDown={(event) => {
        const index = keys.indexOf(event.key);
        if (index >= 0) {
          onMove(index === 0 ? -step : step);
          event.preventDefault();
        }
      }}
    />
  );
}
