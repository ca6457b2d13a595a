import type { ToHost } from '../src/protocol/toHost.ts';
import type { ToWebview } from '../src/protocol/toWebview.ts';

/** What a webview is given by its window; absent everywhere else. */
interface HostApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): HostApi;
}

/** The door to the host: typed messages out, whatever claims to be a message in, and a little state that survives hiding. */
export interface Bridge {
  post(message: ToHost): void;
  /** Hands over everything that has the outer shape of a message; the receiver ignores types it does not know. */
  listen(receive: (message: ToWebview) => void): void;
  readState(): unknown;
  writeState(state: unknown): void;
}

/** Opens the door; may be called once per page. */
export function openBridge(): Bridge {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    listen: (receive) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (isMessage(event.data)) {
          receive(event.data);
        }
      });
    },
    readState: () => api.getState(),
    writeState: (state) => api.setState(state),
  };
}

function isMessage(value: unknown): value is ToWebview {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
