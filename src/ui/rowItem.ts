import * as vscode from 'vscode';
import type { Row } from '../core/rows.ts';
import type { FleetNode } from './fleetNodes.ts';

/** A row as a tree item. The hover is left out: it is worked out when somebody looks. */
export function rowItem(node: FleetNode, row: Row, collapsible: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsible);
  // A row that gets its first child must be a new one for the view: it never opens a row that it has drawn without any.
  item.id = collapsible === vscode.TreeItemCollapsibleState.None ? node.key : `${node.key}/`;
  item.description = row.description;
  item.iconPath =
    row.color === undefined ? new vscode.ThemeIcon(row.icon) : new vscode.ThemeIcon(row.icon, new vscode.ThemeColor(row.color));
  item.contextValue = row.context;
  item.accessibilityInformation = { label: row.ariaLabel };
  const command = commandOf(node);
  if (command !== undefined) {
    item.command = command;
  }
  return item;
}

function commandOf(node: FleetNode): vscode.Command | undefined {
  switch (node.kind) {
    case 'ask':
      return { command: 'flotilla.reviewApprovals', title: 'Review', arguments: [node.askId] };
    case 'agent':
      return { command: 'flotilla.openTranscript', title: 'Open Transcript', arguments: [node] };
    case 'run':
    case 'task':
    case 'needsYou':
      return undefined;
  }
}
