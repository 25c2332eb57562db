/**
 * Where the Chromium out of an npm package is; the first who asks unpacks it. On a machine without Chromium's own libraries
 * the package brings them along, but only unpacks them where it believes to run in the cloud it was made for, which this
 * variable says.
 */
export const chromiumPath = async (): Promise<string> => {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  const { default: bundled } = await import('@sparticuz/chromium');
  return bundled.executablePath();
};
