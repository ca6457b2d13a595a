/**
 * One spelling for all names that some file system takes for the same: letter case and compatibility forms, code points that HFS+
 * ignores, and trailing dots, blanks and streams that Windows drops. Its short names (`GIT~1`) have to be matched beside this.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, (end) => (end.length === name.length ? end : ''))
    .toUpperCase()
    .toLowerCase();
}
