import batch from './builtIn/batch.md';
import codeReview from './builtIn/code-review.md';
import feature from './builtIn/feature.md';
import orchestrate from './builtIn/orchestrate.md';
import planBuildReviewShip from './builtIn/plan-build-review-ship.md';
import refactorFiles from './builtIn/refactor-files.md';
import researchDocs from './builtIn/research-docs.md';
import researchPlanExecute from './builtIn/research-plan-execute.md';
import scoutBuild from './builtIn/scout-build.md';
import scoutPlanBuild from './builtIn/scout-plan-build.md';
import type { WorkflowSource } from './workflowCatalogue.ts';

/** The workflows that are always there, in the order in which people are offered them. */
export const builtInWorkflows: readonly WorkflowSource[] = [
  builtIn('orchestrate', orchestrate),
  builtIn('scout-build', scoutBuild),
  builtIn('scout-plan-build', scoutPlanBuild),
  builtIn('research-plan-execute', researchPlanExecute),
  builtIn('plan-build-review-ship', planBuildReviewShip),
  builtIn('feature', feature),
  builtIn('code-review', codeReview),
  builtIn('refactor-files', refactorFiles),
  builtIn('research-docs', researchDocs),
  builtIn('batch', batch),
];

function builtIn(name: string, text: string): WorkflowSource {
  return { source: 'built-in', path: `${name}.md`, text };
}
