/*
 * Everything that reads definitions and plans as text, in a chunk of its own: with the parser and the texts of the built-in workflows it is a third of
 * the extension.
 */
export { LiveDefinitions } from './liveDefinitions.ts';
export { planTools } from './workflows/planText/planTools.ts';
