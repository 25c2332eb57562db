import path from 'node:path';

export const pageUrl = 'app://bitacora/index.html';

/** Undefined for what is no URL. (`URL.canParse` is newer than the oldest Electron that shows the window.) */
export const parseUrl = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

/** True for the page itself and what it loads; URL doesn't know origins of schemes that are not the web's. */
export const isOurs = (url: string): boolean => {
  const parsed = parseUrl(url);
  return parsed?.protocol === 'app:' && parsed.host === 'bitacora';
};

/** The kinds of files that the page consists of. */
export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** The file that a request of the page asks for; undefined when it is none of ours. */
export const fileOf = (url: string, folder: string): string | undefined => {
  if (!isOurs(url)) return undefined;
  let asked: string;
  try {
    asked = decodeURIComponent(new URL(url).pathname);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  if (asked.includes('\0') || asked.includes('\\')) return undefined;
  const file = path.join(folder, asked === '/' ? 'index.html' : asked);
  const inside = path.relative(folder, file);
  // A source map or a file that came by some other way is not part of the page: only known kinds are.
  if (inside.startsWith('..') || path.isAbsolute(inside) || !contentTypes[path.extname(file)]) return undefined;
  return file;
};
