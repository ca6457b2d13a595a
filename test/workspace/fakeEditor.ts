import { writeFileSync } from 'node:fs';
import { type Splice, spliceText } from '../../src/workspace/fileText.ts';
import type { OpenDocuments } from '../../src/workspace/openDocuments.ts';

/** An editor with one document, which writes to disk when it saves. */
export class FakeEditor implements OpenDocuments {
  version = 1;
  dirty: boolean;
  text: string;
  readonly undo: string[] = [];
  readonly #absolute: string;
  readonly #onSave: (text: string) => string;

  constructor(absolute: string, text: string, dirty: boolean, onSave = (saved: string) => saved) {
    this.#absolute = absolute;
    this.text = text;
    this.dirty = dirty;
    this.#onSave = onSave;
  }

  read(absolute: string) {
    return absolute === this.#absolute ? { text: this.text, version: this.version, dirty: this.dirty } : undefined;
  }

  type(text: string): void {
    this.text = text;
    this.version++;
    this.dirty = true;
  }

  async replace(absolute: string, version: number, splices: readonly Splice[], save: boolean) {
    if (absolute !== this.#absolute || version !== this.version) {
      return 'stale' as const;
    }
    this.undo.push(this.text);
    this.type(spliceText(this.text, splices));
    if (save) {
      this.text = this.#onSave(this.text);
      writeFileSync(absolute, this.text);
      this.dirty = false;
    }
    return 'applied' as const;
  }
}
