import classes from './Operations.module.css';

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes: whether it is flat, and when it was not. */
export function Spark({ label, values }: { label: string; values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const points = values.map((value, place) => `${((place / Math.max(1, values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`);
  return (
    <svg className={classes.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={`${label}, at most ${most.toFixed(0)} ms`}>
      {points.length > 1 && <polyline points={points.join(' ')} />}
    </svg>
  );
}
