import { Text } from '@mantine/core';
import type { Step } from '../../api/types';
import { count, share } from '../../format/numbers';
import { OTHER_STEP, STEP_KINDS } from './stepKinds';
import classes from './Steps.module.css';

/** The journey as a tree: what stands inside a branch is indented beneath the way that leads there. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, place) => {
        const before = steps[place - 1];
        const newPath = step.path !== '' && (before === undefined || before.path !== step.path || before.depth !== step.depth);
        return <StepLine key={step.id} step={step} path={newPath ? step.path : ''} />;
      })}
    </ol>
  );
}

/** How a list inside a step is introduced. */
const pathWords = (path: string): string => (path === 'then' ? 'Then' : path === 'otherwise' ? 'Otherwise' : `When ${path}`);

function StepLine({ step, path }: { step: Step; path: string }) {
  const kind = STEP_KINDS[step.kind] ?? OTHER_STEP;
  const isSend = kind.tone === 'message';
  return (
    <li style={{ marginInlineStart: step.depth * 26 }}>
      {path !== '' && <div className={classes.path}>{pathWords(path)}</div>}
      <div className={classes.step}>
        <span className={classes.icon} data-tone={kind.tone}>
          {kind.icon}
        </span>
        <div className={classes.words}>
          <Text size="sm" fw={600}>
            {step.title}
          </Text>
          {isSend && (
            <Text size="xs" c="dimmed" className="num">
              {count(step.sent)} sent
              {step.sent > 0 && `, ${share(step.opened, step.sent)} opened, ${share(step.clicked, step.sent)} clicked`}
            </Text>
          )}
        </div>
        <div className={classes.reached}>
          <span className="num">{count(step.reached)}</span>
          <Text size="xs" c="dimmed" span>
            reached
          </Text>
        </div>
      </div>
    </li>
  );
}
