import type { Verdict } from './ending.ts';
import type { Finding } from './findings.ts';
import { fixOf } from './fixes.ts';
import { isGenerated, type Probe, probes } from './probes.ts';
import type { SeenLine } from './toolText.ts';
import { brief } from './words.ts';

/** What is wrong in any code wherever it stands, so that a change that leaves it in is worth another round. */
const faults: readonly Probe[] = [
  probes.secret,
  probes.evaluated,
  probes.markup,
  probes.shell,
  probes.emptyCatch,
  probes.bareExcept,
  probes.skippedTest,
].filter((probe: Probe) => probe.severity === 'high' || probe.severity === 'medium');

/** What a rule can show about a line: what is wrong there, and what would settle it. */
export function faultOf(line: SeenLine): Finding | undefined {
  if (isGenerated(line.path)) {
    return undefined;
  }
  const fault = faults.find((probe) => probe.holds(line));
  if (fault !== undefined) {
    const quote = fault.masked === true ? '' : `: \`${brief(line.text, 110)}\``;
    return { text: `${fault.claim}${quote}. ${fault.advice}`, path: line.path, line: line.line, severity: fault.severity };
  }
  const fix = fixOf(line);
  return fix === undefined
    ? undefined
    : {
        text: `${capital(fix.why.replace(/, and now says so$/, ''))}. Write \`${brief(fix.better, 110)}\``,
        path: line.path,
        line: line.line,
        severity: 'low',
      };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The verdict on findings: whatever a rule can show is worth a second round; after that only what is grave holds the work up, so that rounds
 * come to an end.
 */
export function judge(findings: readonly Pick<Finding, 'severity'>[], round: number): Verdict {
  const counts = (finding: Pick<Finding, 'severity'>) => (round <= 1 ? finding.severity !== 'info' : finding.severity === 'high');
  return findings.some(counts) ? 'changes' : 'approve';
}
