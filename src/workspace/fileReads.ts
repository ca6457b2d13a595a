import type { AgentId } from '../core/ids.ts';
import { type Secret, secretsOfFile } from '../policy/secretNames.ts';
import { isEnvironmentPath } from '../policy/secretPlaces.ts';
import { type FileText, visibleText } from './fileText.ts';
import { linesOf, readLimits, showLines } from './numberedText.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { ReadLedger } from './readLedger.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type CurrentText, loadText } from './textFile.ts';
import type { WorkspacePaths } from './workspacePath.ts';

/** Lines of a file as shown to a model. */
export interface FileRead {
  readonly ok: true;
  readonly display: string;
  readonly text: string;
}

/** Reads lines of a text file (from 1, both ends included) and remembers that the agent saw them. */
export type ReadLines = (agentId: AgentId, pathText: string, from: number, to: number | undefined) => Promise<FileRead | Refusal>;

interface FileReadsDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
  readonly ledger: ReadLedger;
  /** Told of the secrets in a file that holds some, before it is shown. */
  readonly learn?: ((secrets: readonly Secret[]) => void) | undefined;
}

/** Makes the operation behind read_file. */
export function createReadLines(deps: FileReadsDeps): ReadLines {
  return async (agentId, pathText, from, to) => {
    const place = await deps.paths.resolve(pathText, 'read');
    if (!place.ok) {
      return place;
    }
    const { display } = place;
    const current = await loadText(place, deps.documents);
    if (!current.ok) {
      return current;
    }
    if ('missing' in current) {
      return refuse(`${display} does not exist. Use find_files or list_files to see which files there are.`);
    }
    const text = visibleText(current.file);
    if (isEnvironmentPath(place.real)) {
      deps.learn?.(secretsOfFile(text));
    }
    const total = linesOf(text).length;
    if (from > Math.max(1, total)) {
      return refuse(`${display} has only ${total} ${total === 1 ? 'line' : 'lines'}; from_line ${from} is after its end.`);
    }
    const shown = showLines(text, display, from, to ?? Number.POSITIVE_INFINITY, readLimits);
    deps.ledger.noteRead(agentId, place.absolute, current.hash, shown.from, shown.cut ? shown.from - 1 : shown.to);
    return { ok: true, display, text: [shown.text, ...notes(current)].join('\n') };
  };
}

const encodingNotes: Readonly<Record<FileText['encoding'], string | undefined>> = {
  utf8: undefined,
  utf16le: 'the file is UTF-16 (little endian) and stays so when it is edited',
  utf16be: 'the file is UTF-16 (big endian) and stays so when it is edited',
  bytes: 'the file is not UTF-8: bytes that cannot be decoded are shown as \ufffd, and only ASCII text in it can be edited',
};

function notes({ file, home }: CurrentText): readonly string[] {
  const unsaved =
    home.kind === 'document' && home.dirty ? 'this is the text in the editor, with changes that are not saved yet' : undefined;
  return [encodingNotes[file.encoding], unsaved].flatMap((note) => (note === undefined ? [] : [`(${note})`]));
}
