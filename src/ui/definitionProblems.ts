import * as vscode from 'vscode';
import type { Disposable } from '../lib/disposables.ts';
import type { Problem } from '../orchestrator/ports.ts';

/** A definition file and what is wrong with it. */
export interface FileWithProblems {
  /** With its absolute path. */
  readonly file: { readonly absolute: string };
  readonly problems: readonly Problem[];
}

/** Shows what is wrong with definition files where people look for it: in the file and among the editor's problems. */
export class DefinitionProblems implements Disposable {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('flotilla');

  /** Replaces everything that was shown before. */
  show(files: readonly FileWithProblems[]): void {
    this.#diagnostics.clear();
    for (const { file, problems } of files) {
      this.#diagnostics.set(vscode.Uri.file(file.absolute), problems.map(toDiagnostic));
    }
  }

  dispose(): void {
    this.#diagnostics.dispose();
  }
}

function toDiagnostic({ severity, message, range }: Problem): vscode.Diagnostic {
  const place = new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
  const weight = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(place, message, weight);
  diagnostic.source = 'Flotilla';
  return diagnostic;
}
