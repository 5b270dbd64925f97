import type { Stats } from './types';

/** What `GET /operations` says: mirrors src/Runtime/Operations/OperationsViews.cs. Ages are in seconds, latencies in ms. */
export type Operations = {
  at: string;
  status: string;
  problems: OperationsProblem[];
  store: StoreView;
  sending: { paused: boolean; pausedBecause: string | null; deadLetters: number; channels: Channel[] };
  definitionsVersion: number;
  nodes: OperationsNode[];
};

/** `node` null: of the whole. */
export type OperationsProblem = { severity: 'critical' | 'warning'; node: string | null; text: string };

/** Of the last minute; `count` 0: nothing was measured. */
export type Latency = { count: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number };

export type Channel = { channel: string; queued: number; oldestSeconds: number; attempts: Latency; delivery: Latency };

export type StoreView = {
  engine: string;
  status: string;
  reason: string;
  sizes: Record<string, number>;
  runsBacklog: number;
  /** Before that instant the log was dropped; null: it is whole. */
  historyFrom: string | null;
  customers: number;
  upkeep: Upkeep[];
};

export type Upkeep = { name: string; steps: number; lastAt: string | null; lastMs: number; failures: number; lastError: string };

export type OperationsNode = {
  name: string;
  role: string;
  runtime: string;
  version: string;
  status: string;
  reasons: string[];
  startedAt: string;
  uptimeSeconds: number;
  process: {
    workingSetBytes: number;
    managedHeapBytes: number;
    availableBytes: number;
    cpuSeconds: number;
    processors: number;
    threads: number;
    gcPausePercent: number;
    collections: number[];
  };
  lag: { records: number; seconds: number; floorRecords: number };
  timers: { armed: number; due: number; lateSeconds: number };
  customers: { count: number; bytes: number };
  queueBytes: number;
  viewers: number;
  /** 'balanced', 'held' or 'drained'. */
  placement: string;
  commits: Latency;
  appends: Latency;
  transactions: Latency;
  replay: Stats['replay'];
  partitions: Partition[];
  history: HistoryPoint[];
};

export type Partition = {
  number: number;
  state: string;
  epoch: number;
  head: number;
  cursor: number;
  floor: number;
  lagRecords: number;
  lagSeconds: number;
  timers: number;
  timersDue: number;
  timersLateSeconds: number;
  customers: number;
  customerBytes: number;
  programVersion: number;
};

/** Each five seconds, oldest first. */
export type HistoryPoint = { at: string; commitP50Ms: number; commitP99Ms: number; lagRecords: number; lagSeconds: number; recordsPerSecond: number };
