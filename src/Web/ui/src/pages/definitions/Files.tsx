import { Code } from '@mantine/core';
import classes from './Definitions.module.css';

/** The files of the version in force, each to be opened and read. */
export function Files({ files }: { files: readonly { path: string; text: string }[] }) {
  return (
    <ul className={classes.files}>
      {files.map(file => (
        <li key={file.path}>
          <details>
            <summary>{file.path}</summary>
            <Code block className={classes.text ?? ''}>
              {file.text}
            </Code>
          </details>
        </li>
      ))}
    </ul>
  );
}
