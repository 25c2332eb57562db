/** What a program writes to be captured, by the way it is written in. Code is the same in every language. */
export const snippetKinds = ['curl', 'express', 'fastify'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** The name of the way, which is a name of its own. */
export const snippetNames: Readonly<Record<SnippetKind, string>> = {
  curl: 'curl',
  express: 'Express',
  fastify: 'Fastify',
};

const client = (url: string, watch: string): string => `import { createCaptureClient, ${watch} } from 'bitacora/client';

const bitacora = createCaptureClient({
  url: '${url}',
  token: 'bitacora_capture_…',
  spoolFolder: './bitacora-spool',
});`;

const texts: Readonly<Record<SnippetKind, (url: string) => string>> = {
  curl: (url) => `curl -s ${url}/api/entries \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"actor": "ana", "event": "UPDATE", "target": "PTE", "recordId": 456,
       "field": "estatus", "oldValue": "1", "newValue": "2"}'`,
  express: (url) => `${client(url, 'watchExpress')}
app.use(watchExpress(bitacora, { user: (request) => request.user?.login ?? null }));`,
  fastify: (url) => `${client(url, 'watchFastify')}
app.addHook('onRequest', watchFastify(bitacora, { user: (request) => request.user?.login ?? null }));`,
};

export const snippetOf = (kind: SnippetKind, url: string): string => texts[kind](url);
