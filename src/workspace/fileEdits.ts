import path from 'node:path';
import type { AgentId } from '../core/ids.ts';
import type { BlobPort } from '../orchestrator/ports.ts';
import { hasNewMark } from '../policy/redact.ts';
import { newRemoteSchema } from '../policy/remoteSchema.ts';
import { type Secret, secretsOfFile } from '../policy/secretNames.ts';
import { isEnvironmentPath } from '../policy/secretPlaces.ts';
import { createAtomically } from './atomicWrite.ts';
import { diffTexts, type FileDiff } from './fileDiff.ts';
import { makeFolders } from './folderHandle.ts';
import type { FileLock } from './fileLock.ts';
import { spliceText, visibleText } from './fileText.ts';
import { bytesHash, type KeptBytes, keepBytes } from './keptBytes.ts';
import { freshLimits, linesOf, showLines } from './numberedText.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { knowsAll, type ReadLedger, textHash } from './readLedger.ts';
import { errorCode, type Refusal, refuse, refuseSystemError } from './refusal.ts';
import { findEdit, type Replacement, toLf, wholeEdit } from './textEdit.ts';
import { bytesOf, type CurrentText, loadText, storeSplices } from './textFile.ts';
import type { ResolvedPath, WorkspacePaths } from './workspacePath.ts';

/** A change of one file as a model asks for it. */
export type EditRequest = ({ readonly kind: 'replace' } & Replacement) | { readonly kind: 'write'; readonly content: string };

/** The exact change a request makes of a file as it is now. */
export interface EditPlan {
  readonly ok: true;
  readonly pathText: string;
  readonly display: string;
  /** The file that is changed, by its absolute path and as people call it, both without symbolic links. */
  readonly absolute: string;
  readonly real: string;
  readonly request: EditRequest;
  readonly change: 'created' | 'edited';
  readonly diff: FileDiff;
  /** Lines of the present file that are replaced; absent for a new file. */
  readonly lines: { readonly from: number; readonly to: number } | undefined;
  /** Identity of the text the plan was made against; undefined for a new file. */
  readonly base: string | undefined;
  /** Why this very change takes a person's yes whatever the path; undefined when nothing is special about it. */
  readonly concern: string | undefined;
}

/** A change that was made. */
export interface EditDone {
  readonly ok: true;
  readonly display: string;
  readonly change: 'created' | 'edited';
  readonly diff: FileDiff;
  /** False when the file has unsaved changes of a person, so that the edit is in the editor only. */
  readonly saved: boolean;
  /** The changed place with its line numbers. */
  readonly excerpt: string;
  /** The file before and after, for undoing the change; without `before` when it was new or too large to be kept. */
  readonly before?: KeptBytes | undefined;
  /** SHA-256 in hex. */
  readonly after: string;
}

/** Nothing was changed; `showed` when the refusal contains the file's present text, which then counts as read. */
export interface EditRefusal extends Refusal {
  readonly showed?: string | undefined;
}

/** Plans and makes changes of files. */
export interface FileEdits {
  /** Works out the change without making it. */
  readonly plan: (agentId: AgentId, pathText: string, request: EditRequest) => Promise<EditPlan | EditRefusal>;
  /** Makes the planned change if it still is exactly that; otherwise shows the present text. Never loses another's change. */
  readonly apply: (agentId: AgentId, plan: EditPlan) => Promise<EditDone | EditRefusal>;
}

interface FileEditsDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
  readonly ledger: ReadLedger;
  readonly lock: FileLock;
  readonly blobs: BlobPort;
  /** Told of the secrets in a file that holds some, before it is shown. */
  readonly learn?: ((secrets: readonly Secret[]) => void) | undefined;
}

/** Makes the operations behind edit_file and write_file. */
export function createFileEdits(deps: FileEditsDeps): FileEdits {
  const plan = async (agentId: AgentId, pathText: string, request: EditRequest) => {
    const place = await deps.paths.resolve(pathText, 'write');
    return place.ok ? workOut(agentId, place, pathText, request, deps) : place;
  };
  const make = async (agentId: AgentId, planned: EditPlan, place: ResolvedPath) => {
    const worked = await plan(agentId, planned.pathText, planned.request);
    if (!worked.ok) {
      return worked;
    }
    if (worked.place.absolute !== planned.absolute) {
      return refuseMoved(place);
    }
    // An agent's own edits elsewhere in the file move a plan without changing what a person was shown.
    if (worked.plan.base !== planned.base && worked.plan.diff.fingerprint !== planned.diff.fingerprint) {
      return showFresh(agentId, worked.place, worked.current, 'has changed since this edit was worked out', 1, deps.ledger);
    }
    return worked.current === undefined ? create(agentId, worked, deps) : store(agentId, worked, worked.current, deps);
  };
  return {
    plan: async (agentId, pathText, request) => {
      const worked = await plan(agentId, pathText, request);
      return worked.ok ? worked.plan : worked;
    },
    apply: async (agentId, planned) => {
      const place = await deps.paths.resolve(planned.pathText, 'write');
      if (!place.ok) {
        return place;
      }
      if (place.absolute !== planned.absolute) {
        return refuseMoved(place);
      }
      return deps.lock.hold(place.absolute, () => make(agentId, planned, place));
    },
  };
}

function refuseMoved({ display }: ResolvedPath): Refusal {
  return refuse(`${display} leads to another file now; nothing was changed. Try again.`);
}

interface Worked {
  readonly ok: true;
  readonly plan: EditPlan;
  readonly place: ResolvedPath;
  readonly current: CurrentText | undefined;
  readonly found: Extract<ReturnType<typeof findEdit>, { ok: true }> | undefined;
  readonly newText: string;
}

async function workOut(
  agentId: AgentId,
  place: ResolvedPath,
  pathText: string,
  request: EditRequest,
  deps: FileEditsDeps,
): Promise<Worked | EditRefusal> {
  const { display, absolute, real } = place;
  const names = { pathText, display, absolute, real, request };
  const current = await loadText(place, deps.documents);
  if (!current.ok) {
    return current;
  }
  if ('missing' in current) {
    if (request.kind === 'replace') {
      return refuse(`${display} does not exist, so there is nothing to edit. Use find_files to look for it, or write_file to create it.`);
    }
    const marked = refuseMarks(request, '', display);
    if (marked !== undefined) {
      return marked;
    }
    const diff = diffTexts(undefined, toLf(request.content), display);
    const concern = concernOf(real, '', request.content);
    const plan: EditPlan = { ok: true, ...names, change: 'created', diff, lines: undefined, base: undefined, concern };
    return { ok: true, plan, place, current: undefined, found: undefined, newText: request.content };
  }
  if (isEnvironmentPath(real)) {
    deps.learn?.(secretsOfFile(current.file.text));
  }
  const marked = refuseMarks(request, current.file.text, display);
  if (marked !== undefined) {
    return marked;
  }
  const found = request.kind === 'replace' ? findEdit(current.file, request, display) : wholeEdit(current.file, request.content, display);
  const unknown = refuseUnknown(agentId, place, current, request, found.ok ? found.line : 1, deps.ledger);
  if (unknown !== undefined) {
    return unknown;
  }
  if (!found.ok) {
    return found;
  }
  const newText = spliceText(current.file.text, found.splices);
  const diff = diffTexts(visibleText(current.file), visibleText({ ...current.file, text: newText }), display);
  const lines = { from: found.line, to: found.endLine };
  const concern = concernOf(real, current.file.text, newText);
  const plan: EditPlan = { ok: true, ...names, change: 'edited', diff, lines, base: current.hash, concern };
  return { ok: true, plan, place, current, found, newText };
}

/** A secret that was kept from the agent must not be replaced by what stood in its place. */
function refuseMarks(request: EditRequest, present: string, display: string): Refusal | undefined {
  const text = request.kind === 'write' ? request.content : `${request.oldText}\n${request.newText}`;
  return hasNewMark(text, present)
    ? refuse(
        `Your text has ⟨secret …⟩ in it, which stands for a secret that is kept from you; ${display} was not changed. Edit only what is beside it with edit_file, or ask the person.`,
      )
    : undefined;
}

function concernOf(path: string, before: string, after: string): string | undefined {
  const schema = newRemoteSchema(path, before, after);
  return schema === undefined ? undefined : `An editor that opens it asks ${schema} for its schema.`;
}

/** Shows the present text instead of changing it when the agent does not know what it would change. */
function refuseUnknown(
  agentId: AgentId,
  place: ResolvedPath,
  current: CurrentText,
  request: EditRequest,
  line: number,
  ledger: ReadLedger,
): EditRefusal | undefined {
  const known = ledger.known(agentId, place.absolute);
  if (known === undefined) {
    return showFresh(
      agentId,
      place,
      current,
      request.kind === 'write' ? 'exists and you have not read it' : 'has not been read by you',
      line,
      ledger,
    );
  }
  if (known.hash !== current.hash) {
    return showFresh(agentId, place, current, 'has changed since you read it', line, ledger);
  }
  if (request.kind === 'write' && !knowsAll(known, linesOf(visibleText(current.file)).length)) {
    return refuse(
      `You have read ${place.display} only in part, so overwriting it could lose what you have not seen; nothing was changed. Read the rest first, or use edit_file.`,
    );
  }
  return undefined;
}

function showFresh(
  agentId: AgentId,
  place: ResolvedPath,
  current: CurrentText | undefined,
  why: string,
  line: number,
  ledger: ReadLedger,
): EditRefusal {
  if (current === undefined) {
    return refuse(`${place.display} is gone; nothing was changed.`);
  }
  const text = visibleText(current.file);
  const from = linesOf(text).length <= freshLimits.lines ? 1 : Math.max(1, line - 60);
  const shown = showLines(text, place.display, from, Number.POSITIVE_INFINITY, freshLimits);
  ledger.noteRead(agentId, place.absolute, current.hash, shown.from, shown.cut ? shown.from - 1 : shown.to);
  return {
    ok: false,
    text: `${place.display} ${why}; nothing was changed. This is its text now; if the change is still right, make it again.\n\n${shown.text}`,
    showed: place.display,
  };
}

async function store(agentId: AgentId, worked: Worked, current: CurrentText, deps: FileEditsDeps): Promise<EditDone | EditRefusal> {
  const { plan, place } = worked;
  const known = deps.ledger.known(agentId, place.absolute);
  const whole = known !== undefined && knowsAll(known, linesOf(visibleText(current.file)).length);
  // Before the write, so that no change is made that could not be undone.
  const before = await keepBytes(bytesOf(current), deps.blobs);
  const stored = await storeSplices(place, current, worked.found?.splices ?? [], deps.documents);
  if (stored === 'stale') {
    const now = await loadText(place, deps.documents);
    return now.ok
      ? showFresh(agentId, place, 'missing' in now ? undefined : now, 'changed while it was being edited', 1, deps.ledger)
      : now;
  }
  if (!stored.ok) {
    return stored;
  }
  deps.ledger.noteWrite(agentId, place.absolute, stored.hash, whole);
  const text = visibleText({ ...current.file, text: worked.newText });
  return { ...done(plan, text, stored.saved), before, after: bytesHash(stored.bytes) };
}

async function create(agentId: AgentId, worked: Worked, deps: FileEditsDeps): Promise<EditDone | EditRefusal> {
  const { plan, place, newText } = worked;
  const bytes = Buffer.from(newText, 'utf8');
  try {
    await makeFolders(path.dirname(place.absolute));
    const again = await deps.paths.resolve(plan.pathText, 'write');
    if (!again.ok || again.absolute !== place.absolute) {
      return refuse(`${place.display} leads to another place now; nothing was written. Try again.`);
    }
    await createAtomically(place.absolute, bytes);
  } catch (error) {
    return errorCode(error) === 'EEXIST'
      ? refuse(`${place.display} was created by somebody else meanwhile; it was not overwritten. Read it first.`)
      : refuseSystemError(error, place.display);
  }
  // A byte order mark at the beginning is not part of the text when the file is read.
  deps.ledger.noteWrite(agentId, place.absolute, textHash(newText.replace(/^\ufeff/, '')), true);
  return { ...done(plan, toLf(newText), true), after: bytesHash(bytes) };
}

function done(plan: EditPlan, text: string, saved: boolean): Omit<EditDone, 'before' | 'after'> {
  const { display, change, diff } = plan;
  const excerpt =
    change === 'created' ? '' : showLines(text, display, Math.max(1, diff.line - 2), diff.line + 9, { lines: 12, chars: 3000 }).text;
  return { ok: true, display, change, diff, saved, excerpt };
}
