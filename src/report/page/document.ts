/**
 * A page that opens offline: no script, no request, nothing from outside. The policy in its head forbids the browser
 * all of that too, so that a hole in the escaping would still run nothing.
 */
import { createHash } from 'node:crypto';
import { html, type Markup, styleSheet, toText } from './markup.js';

/**
 * @param css the project's own style sheet (web/report); it must not come from a record.
 * @param hasPictures lets pictures be shown that stand in the page itself.
 */
export function offlineDocument(title: string, css: string, body: Markup, hasPictures = false): string {
  const hash = createHash('sha256').update(css).digest('base64');
  const shown = hasPictures ? ' img-src data:;' : '';
  const policy = `default-src 'none';${shown} style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${styleSheet(css)}</style>
</head>
<body>
<a class="skip" href="#content">To the results</a>
${body}
</body>
</html>
`);
}
