/** One holder at a time for each path, in the order they came. */
export interface FileLock {
  readonly hold: <T>(absolute: string, work: () => Promise<T>) => Promise<T>;
}

/** Makes a lock. Paths that differ only in letter case share one, because on some volumes they are the same file. */
export function createFileLock(): FileLock {
  const tails = new Map<string, Promise<void>>();
  return {
    hold: async (absolute, work) => {
      const key = absolute.normalize('NFC').toLowerCase();
      const before = tails.get(key) ?? Promise.resolve();
      const { promise: done, resolve: release } = deferred();
      const tail = before.then(() => done);
      tails.set(key, tail);
      await before;
      try {
        return await work();
      } finally {
        release();
        if (tails.get(key) === tail) {
          tails.delete(key);
        }
      }
    },
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
