/** What is known of a person. */
export interface KnownUser {
  readonly id: string | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

const nameAndLogin = /^(.*\S)\s*[(<]\s*([^()<>]+?)\s*[)>]$/;

/**
 * What a `user` column says of a person: `ana.ruiz` (login), `17` (number), `Ana Ruiz (ana.ruiz)`,
 * `Ana Ruiz <ana@example.org>`, `ana@example.org` (a login that is an address too), `Ana Ruiz` (name).
 */
export const splitPerson = (text: string): KnownUser => {
  const trimmed = text.trim();
  const nobody = { id: null, login: null, name: null, email: null };
  if (trimmed === '') return nobody;
  if (/^\d+$/.test(trimmed)) return { ...nobody, id: trimmed };
  const both = nameAndLogin.exec(trimmed);
  if (both !== null) {
    const [, name = '', inner = ''] = both;
    if (/^\d+$/.test(inner)) return { ...nobody, id: inner, name };
    return { ...nobody, name, login: inner, email: isAddress(inner) ? inner : null };
  }
  if (/\s/.test(trimmed)) return { ...nobody, name: trimmed };
  return { ...nobody, login: trimmed, email: isAddress(trimmed) ? trimmed : null };
};

const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
