/**
 * The Content-Security-Policy of the one page there is, for every host that serves it (`app://` and HTTP). Styles are
 * ours or carry the nonce of this load: Mantine and AG Grid add `<style>` elements while they run, and take the nonce
 * from `<meta property="csp-nonce">`. Scripts only come from the page's own origin.
 */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Stands in the built `index.html` wherever the nonce belongs; a host puts a fresh one in its place at every load. */
export const noncePlaceholder = '__BITACORA_STYLE_NONCE__';

export const withNonce = (html: string, nonce: string): string => html.replaceAll(noncePlaceholder, nonce);

/** Headers of every file of the page, beside its content type and, for HTML, the policy. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
