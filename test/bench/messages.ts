/** What the bench and its processes say to each other. */
export type ToServer = { readonly type: 'reset' } | { readonly type: 'tell' } | { readonly type: 'stop' };

/** One reply of the server: times in ms on its clock. */
export interface ServedReply {
  readonly agent: string;
  readonly turn: number;
  /** When the request arrived. */
  readonly from: number;
  /** When the last byte of the reply was written. */
  readonly to: number;
}

export type FromServer =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'served'; readonly replies: readonly ServedReply[]; readonly violations: readonly string[] };

/** What a client process is to do. */
export interface Work {
  readonly url: string;
  readonly key: string;
  readonly agents: number;
  /** How the agents come to be: each by itself, spawned by one lead, or as tasks of a plan with one that collects their reports. */
  readonly shape: 'single' | 'fanOut' | 'star';
  /** Whether memory is measured, which disturbs every other figure. */
  readonly memory: boolean;
}

/** What a client process found out about itself. */
export interface Done {
  readonly wallMs: number;
  /** Processor time of the whole process while it worked. */
  readonly cpuMs: number;
  readonly rssMb: number;
  /** Megabytes of heap and buffers after a collection: before the agents, while they work, after they ended. */
  readonly memoryMb?: { readonly before: number; readonly working: number; readonly after: number } | undefined;
}

export type FromClient =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly done: Done }
  | { readonly type: 'failed'; readonly message: string };
