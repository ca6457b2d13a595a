/** Calls back once after `ms`, unless what it returns is called before. A test gives one that it drives by hand. */
export type SetTimer = (run: () => void, ms: number) => () => void;

/** The timer of the machine. */
export const realTimer: SetTimer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
