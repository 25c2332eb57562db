import {
  BitacoraError,
  type ErrorCode,
  errorSentence,
  errorTable,
  type Language,
  type WireError,
} from '#shared/contract/errors.ts';

/** The largest JSON body that is read: 16 MiB. */
export const maxBodyBytes = 16 * 1024 * 1024;

/** The language of ours that an `Accept-Language` header prefers; Spanish only when it is asked for. */
export const preferredLanguage = (acceptLanguage: string | undefined): Language => {
  const wishes = (acceptLanguage ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { language: tag.trim().split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
  });
  const weightOf = (language: Language): number =>
    Math.max(0, ...wishes.filter((wish) => wish.language === language).map((wish) => wish.weight || 0));
  return weightOf('es') > weightOf('en') ? 'es' : 'en';
};

export const inLanguage = (error: WireError, language: Language): WireError => ({
  code: error.code,
  message: errorSentence(error.code, error.details, language),
  details: error.details,
});

export const statusOf = (code: ErrorCode): number => errorTable[code].status;

/** What heals by itself is mostly over by then, seconds. */
const healsIn = 1;

/**
 * The headers that belong to an error's answer: when it makes sense to ask again (RFC 9110, 10.2.3), where it is not a
 * matter of what was asked.
 */
export const errorHeaders = ({ code, details }: WireError): Readonly<Record<string, string>> => {
  const status = statusOf(code);
  if (status === 503) return { 'Retry-After': String(healsIn) };
  return status === 429 ? { 'Retry-After': String(details.seconds) } : {};
};

/** What the HTTP library throws for a request it can't take, as one of our errors; undefined for anything else. */
export const fromLibraryError = (error: unknown): BitacoraError | undefined => {
  if (error instanceof BitacoraError) return error;
  if (error instanceof SyntaxError) return new BitacoraError('unreadable');
  const { statusCode } = error as { statusCode?: unknown };
  switch (statusCode) {
    case 413:
      return new BitacoraError('too_large', { limit: maxBodyBytes, fields: '(body)' });
    case 415:
      return new BitacoraError('unsupported_media', { type: '?', fields: 'content-type' });
    case 404:
      return new BitacoraError('not_found', { what: '?' });
    default:
      return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
        ? new BitacoraError('unreadable')
        : undefined;
  }
};
