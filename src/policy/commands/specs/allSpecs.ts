import type { ProgramSpec } from '../programSpec.ts';
import { listingSpecs } from './listing.ts';
import { plainSpecs } from './plain.ts';
import { readingSpecs } from './reading.ts';
import { searchingSpecs } from './searching.ts';

/** Every program that can be proven to only read. Whoever is not here is not proven, with whatever arguments. */
export const allSpecs: readonly ProgramSpec[] = [...listingSpecs, ...readingSpecs, ...searchingSpecs, ...plainSpecs];
