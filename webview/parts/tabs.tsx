import { useEffect, useRef } from 'preact/hooks';

interface TabsProps<T extends string> {
  readonly label: string;
  /** Element id of the panel that the tabs change; a tab's own id is this, a hyphen and its value. */
  readonly panel: string;
  readonly items: readonly { readonly value: T; readonly words: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** A row of tabs, of which the arrow keys take the one beside. */
export function Tabs<T extends string>({ label, panel, items, value, onChange }: TabsProps<T>) {
  const row = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) {
      moved.current = false;
      row.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    }
  }, [value]);
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={label}
      ref={row}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        const at = items.findIndex((item) => item.value === value);
        const next = items[(at + by + items.length) % items.length];
        if (by !== 0 && next !== undefined) {
          moved.current = true;
          onChange(next.value);
          event.preventDefault();
        }
      }}
    >
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          role="tab"
          id={`${panel}-${item.value}`}
          aria-selected={item.value === value}
          aria-controls={panel}
          tabIndex={item.value === value ? 0 : -1}
          onClick={() => onChange(item.value)}
        >
          {item.words}
        </button>
      ))}
    </div>
  );
}
