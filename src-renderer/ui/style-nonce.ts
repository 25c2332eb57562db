/** The nonce that `<style>` elements need under the page's policy; empty when a page is served without one. */
export const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** Gives the nonce to Mantine's scroll lock, which asks for it where webpack would have put it (package get-nonce). */
export const shareStyleNonce = (): void => {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
};
