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

/** The door to the host: typed messages out, whatever claims to be a message in (as an object or as JSON), and a little state that survives hiding. */
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
        const message = toMessage(event.data);
        if (message !== undefined) {
          receive(message);
        }
      });
    },
    readState: () => api.getState(),
    writeState: (state) => api.setState(state),
  };
}

/** Large messages come as JSON: a browser reads a long text several times faster than the same data as a tree of objects. */
function toMessage(data: unknown): ToWebview | undefined {
  if (typeof data !== 'string') {
    return isMessage(data) ? data : undefined;
  }
  try {
    const parsed: unknown = JSON.parse(data);
    return isMessage(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isMessage(value: unknown): value is ToWebview {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
