import type { Instant } from './lists';

/** What events are like that come in: mirrors src/Web/Quality. Of the last 30 days and all processes. */

export type QualityCounts = {
  events: number;
  anonymous: number;
  generatedIds: number;
  clockSkew: number;
  violating: number;
  likelyDuplicates: number;
};

export type NameQuality = {
  name: string;
  isPlanned: boolean;
  firstAt: Instant;
  isNew: boolean;
  /** Names that it may have been meant for. */
  like: string[];
  total: QualityCounts;
  lastDay: QualityCounts;
  /** Properties that came with values of several types, in a sample. */
  typeConflicts: { property: string; types: Record<string, number> }[];
};

export type Quality = { since: Instant; names: NameQuality[]; otherNames: QualityCounts };

export type Violation = { at: Instant; source: string; event: string; path: string; rule: string; expected: string; found: string; action: 'flag' | 'reject' };

export type ViolationKind = {
  event: string;
  /** Of the property; empty: the event as a whole. */
  path: string;
  rule: string;
  expected: string;
  action: 'allow' | 'flag' | 'reject';
  count: number;
  firstAt: Instant;
  lastAt: Instant;
  like: string[];
};

export type Violations = { hasPlan: boolean; since: Instant; kinds: ViolationKind[]; others: number; newest: Violation[] };
