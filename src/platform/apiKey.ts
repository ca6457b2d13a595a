import type { SecretStorage } from 'vscode';
import type { Disposable } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';

const secretName = 'flotilla.anthropic.apiKey';

/** The person's API key: kept in the editor's secret storage and nowhere else, and never read from or put into the environment. */
export class ApiKey implements Disposable {
  readonly #secrets: SecretStorage;
  readonly #changed: Emitter<void>;
  readonly #subscription: Disposable;
  #value: string | undefined;

  /** Told after the key was set, replaced or forgotten, in this window or another. */
  readonly onDidChange: Emitter<void>['event'];

  private constructor(secrets: SecretStorage, value: string | undefined, onError: (error: unknown) => void) {
    this.#secrets = secrets;
    this.#value = value;
    this.#changed = new Emitter<void>(onError);
    this.onDidChange = this.#changed.event;
    this.#subscription = secrets.onDidChange((change) => {
      if (change.key === secretName) {
        secrets.get(secretName).then((now) => this.#become(now), onError);
      }
    });
  }

  /** Reads the stored key. A secret storage that cannot be read counts as empty, and is reported. */
  static async load(secrets: SecretStorage, onError: (error: unknown) => void): Promise<ApiKey> {
    let value: string | undefined;
    try {
      value = await secrets.get(secretName);
    } catch (error) {
      onError(error);
    }
    return new ApiKey(secrets, value, onError);
  }

  get value(): string | undefined {
    return this.#value;
  }

  /** Stores a key, or forgets the stored one. Rejects when the secret storage cannot be written. */
  async set(value: string | undefined): Promise<void> {
    await (value === undefined ? this.#secrets.delete(secretName) : this.#secrets.store(secretName, value));
    this.#become(value);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #become(value: string | undefined): void {
    if (value !== this.#value) {
      this.#value = value;
      this.#changed.fire();
    }
  }
}
