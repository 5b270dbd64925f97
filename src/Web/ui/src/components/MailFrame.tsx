import classes from './MailFrame.module.css';

/**
 * A mail as its reader sees it. The frame is sandboxed: no scripts, no forms, no access to this page; links open in a new tab. Mail is written for a
 * white ground, so it keeps one in dark mode too.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  return (
    <iframe
      className={classes.frame}
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      srcDoc={`<base target="_blank">${html}`}
    />
  );
}
