import { Code } from '@mantine/core';
import { useLongList } from '../../components/ListTools';
import classes from './Definitions.module.css';

/** The files of the version in force, each to be opened and read. */
export function Files({ files }: { files: readonly { path: string; text: string }[] }) {
  const list = useLongList(files, 'file', file => `${file.path} ${file.text}`, []);
  return (
    <>
      {list.tools}
      <ul className={classes.files}>
        {list.rows.map(file => (
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
      {list.more}
    </>
  );
}
