import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import classes from './TimeChart.module.css';

/** `color` is the name of a CSS variable, so that a line follows the colour scheme. `ceiling`: the axis goes no higher, and the line leaves the chart there. */
export type Line = { label: string; color: string; fill?: boolean; axis?: 'left' | 'right'; stepped?: boolean; ceiling?: (values: readonly (number | null)[]) => number; format: (value: number) => string };

/** The first column is time in seconds, then one column a line. */
export type ChartData = [number[], ...(number | null)[][]];

type TimeChartProps = { label: string; lines: readonly Line[]; data: ChartData; height?: number; window?: { from: number; to: number } };

/** Lines over time on a canvas, drawn by uPlot: new data is set in place, a new theme or size draws anew. */
export function TimeChart({ label, lines, data, height = 220, window: span }: TimeChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ data, span });
  latest.current = { data, span };
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    const target = host.current;
    if (target === null || width === 0) return undefined;
    const styles = getComputedStyle(document.documentElement);
    const color = (name: string): string => styles.getPropertyValue(name).trim();
    const plot = new uPlot(options(lines, width, height, color, () => latest.current.span), latest.current.data, target);
    chart.current = plot;
    return () => {
      plot.destroy();
      chart.current = null;
    };
    // Lines are constants of the caller; the scheme decides the colours.
  }, [lines, width, height, scheme]);

  useEffect(() => {
    chart.current?.setData(data);
  }, [data]);

  return (
    <div ref={ref} className={classes.chart} role="img" aria-label={label} style={{ height }}>
      <div ref={host} />
    </div>
  );
}

function options(lines: readonly Line[], width: number, height: number, color: (name: string) => string, span: () => { from: number; to: number } | undefined): uPlot.Options {
  const quiet = color('--tr-quiet');
  const grid = { stroke: color('--tr-line'), width: 1 };
  const font = `11px 'Inter Variable', system-ui, sans-serif`;
  const scaleOf = (line: Line): string => line.axis ?? 'left';
  const axis = (scale: 'left' | 'right'): uPlot.Axis[] => {
    const line = lines.find(candidate => scaleOf(candidate) === scale);
    if (line === undefined) return [];
    return [
      {
        scale,
        side: scale === 'left' ? 3 : 1,
        size: 44,
        font,
        gap: 6,
        space: 36,
        stroke: lines.length > 1 ? color(line.color) : quiet,
        grid: scale === 'left' ? grid : { show: false },
        ticks: { show: false },
        values: (_plot, splits) => splits.map(value => line.format(value)),
      },
    ];
  };
  const upward: uPlot.Scale.Range = (plot, _min, max, scale) => {
    const ceilings = lines.flatMap((line, place) => (line.ceiling !== undefined && scaleOf(line) === scale ? [line.ceiling((plot.data[place + 1] ?? []) as (number | null)[])] : []));
    return [0, Math.max(1, Math.min(max, ...ceilings) * 1.15)];
  };

  return {
    width,
    height,
    // Without an axis on the right, the last label needs room of its own.
    padding: [8, lines.some(line => line.axis === 'right') ? 4 : 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: {
      x: { time: true, range: (_plot, min, max) => [span()?.from ?? min, span()?.to ?? max] },
      left: { range: upward },
      right: { range: upward },
    },
    axes: [{ stroke: quiet, font, grid: { show: false }, ticks: { show: false }, size: 26, space: 90, values: instants }, ...axis('left'), ...axis('right')],
    series: [
      {},
      ...lines.map((line): uPlot.Series => ({
        label: line.label,
        scale: scaleOf(line),
        stroke: color(line.color),
        width: 1.75,
        points: { show: false },
        ...(line.fill === true ? { fill: `${color(line.color)}22` } : {}),
        ...(line.stepped === true && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
      })),
    ],
    plugins: [tooltip(lines, color)],
  };
}

const dayAxis = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const minuteAxis = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const secondAxis = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const DAY_SECONDS = 86_400;

/** Times along the axis on one line each, as fine as they lie apart. */
function instants(_plot: uPlot, splits: number[]): string[] {
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0);
  const format = apart >= DAY_SECONDS / 2 ? dayAxis : apart >= 60 ? minuteAxis : secondAxis;
  return splits.map(at => format.format(new Date(at * 1000)));
}

/** A small box beside the cursor with the time and each line's value. */
function tooltip(lines: readonly Line[], color: (name: string) => string): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = classes.tooltip ?? '';
  const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });
  return {
    hooks: {
      init: plot => plot.over.append(box),
      setCursor: plot => {
        const index = plot.cursor.idx;
        const at = index === null || index === undefined ? undefined : plot.data[0][index];
        box.hidden = at === undefined || (plot.cursor.left ?? -1) < 0;
        if (box.hidden || at === undefined || index === null || index === undefined) return;
        box.replaceChildren(
          row(time.format(new Date(at * 1000))),
          ...lines.map((line, place) => {
            const value = plot.data[place + 1]?.[index];
            return row(`${line.label}: ${value === null || value === undefined ? '–' : line.format(value)}`, color(line.color));
          }),
        );
        const left = plot.cursor.left ?? 0;
        const flip = left > plot.over.clientWidth / 2;
        box.style.left = flip ? '' : `${left + 12}px`;
        box.style.right = flip ? `${plot.over.clientWidth - left + 12}px` : '';
      },
    },
  };
}

function row(text: string, color?: string): HTMLDivElement {
  const element = document.createElement('div');
  element.textContent = text;
  if (color !== undefined) element.style.setProperty('--line', color);
  element.dataset['line'] = String(color !== undefined);
  return element;
}
