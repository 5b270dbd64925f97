import type { Instant } from './lists';

/** A static list. `exists` false: definitions ask for it and nobody has uploaded it. */
export type StaticList = {
  id: string;
  exists: boolean;
  members: number;
  /** Users put on it or taken off whose customers are not told yet. */
  waiting: number;
  percent: number;
  dropping: boolean;
  createdAt: Instant | null;
  changedAt: Instant | null;
  /** What in the definitions asks for it, such as `segment vip-buyers`. */
  usedBy: string[];
  didYouMean: string[];
};

export type ListMember = { userId: string };

/** What an upload did. */
export type ListReport = {
  id: string;
  rows: number;
  added: number;
  removed: number;
  unchanged: number;
  members: number;
  notFound: number;
  ambiguous: number;
  invalid: number;
  problems: { line: number; value: string; reason: string }[];
};
