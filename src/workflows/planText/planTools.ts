import { placeIn } from './placeIn.ts';
import { readPlan } from './readPlan.ts';
import { settleClashes, textToChanges } from './textToChanges.ts';
import { planToText, statusText } from './writePlan.ts';

/** All there is to do with the text of a plan, for whoever shows it. */
export const planTools = {
  write: planToText,
  read: textToChanges,
  settle: settleClashes,
  places: (text: string) => readPlan(text).tasks,
  placeIn,
  status: statusText,
} as const;
