/** One line of a customer's merge log. */
export type Merge = {
  customerKey: string;
  key: string;
  kind: 'merged' | 'refused' | 'split';
  /** Refused: what stopped it; otherwise empty. */
  rule: string;
  reason: string;
  /** null: the log does not go back so far. */
  at: string | null;
  because: { kind: 'event' | 'alias' | 'hand'; event: string; source: string; messageId: string } | null;
};
