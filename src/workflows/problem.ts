/** A stretch of a text: lines and columns count from 0, columns in UTF-16 units as the editor counts them; the end is outside. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something a definition file says that cannot be used. With an error the file is not used at all. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to write instead. */
  readonly message: string;
  readonly range: Range;
}

/** Whether a file with these problems cannot be used. */
export function hasError(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
