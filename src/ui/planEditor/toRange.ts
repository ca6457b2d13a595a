import * as vscode from 'vscode';
import type { TextRange } from './planTools.ts';

export function toRange({ line, column, endLine, endColumn }: TextRange): vscode.Range {
  return new vscode.Range(line, column, endLine, endColumn);
}
