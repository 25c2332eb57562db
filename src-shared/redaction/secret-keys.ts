/**
 * Names whose values are secrets, unless the setting says otherwise. Spanish and English; case, accents and separators
 * don't count. A name of five letters and more is found anywhere in a longer one (`password` in `userPassword2`), a
 * shorter one only as a word of it (`rfc` in `rfc_emisor`, not in `perfcounter`).
 */
export const defaultSecretKeys: readonly string[] = [
  ...[
    'password',
    'passwd',
    'passphrase',
    'pass',
    'pwd',
    'contraseña',
    'contrasenya',
    'clave de acceso',
    'clave privada',
  ],
  ...[
    'secret',
    'secreto',
    'token',
    'api key',
    'access key',
    'private key',
    'encryption key',
    'credential',
    'credencial',
  ],
  ...[
    'authorization',
    'auth',
    'bearer',
    'jwt',
    'cookie',
    'session id',
    'csrf',
    'xsrf',
    'otp',
    'pin',
    'nip',
    'signature key',
  ],
  ...['card', 'card number', 'credit card', 'tarjeta', 'cvv', 'cvc', 'cvv2', 'cvc2', 'csc', 'iban', 'clabe'],
  ...['curp', 'rfc', 'nss', 'ssn', 'social security'],
];

/** Names are remembered up to here; then the memory begins anew. */
const rememberedNames = 10_000;
/** A longer name is no name: it is not looked at as one. */
const longestName = 200;
/** The shortest word that is looked for inside longer ones. */
const shortestInside = 5;

const marks = /\p{M}/gu;
const camel = /([\p{Ll}\p{N}])(?=\p{Lu})/gu;
const notWord = /[^\p{L}\p{N}]+/gu;

const wordsOf = (name: string): readonly string[] =>
  name
    .normalize('NFD')
    .replace(marks, '')
    .replace(camel, '$1 ')
    .toLowerCase()
    .split(notWord)
    .filter((word) => word !== '');

const ascii = /^[\w\-.[\]]*$/;

/** Tests whether a name is one of those whose values are secrets. */
export const createKeyTest = (keys: readonly string[]): ((name: string) => boolean) => {
  const inside: string[] = [];
  const whole = new Set<string>();
  for (const key of keys) {
    const folded = wordsOf(key).join('');
    if (folded.length >= shortestInside) inside.push(folded);
    else if (folded !== '') whole.add(folded);
  }
  const test = (name: string): boolean => {
    const words = wordsOf(name);
    const joined = words.join('');
    // All capitals or all small: `RFC`, `cardnumber`; the words are those that separators and capitals make.
    return inside.some((key) => joined.includes(key)) || whole.has(joined) || words.some((word) => whole.has(word));
  };
  const known = new Map<string, boolean>();
  return (name) => {
    if (name.length < 2 || name.length > longestName) return false;
    let found = known.get(name);
    if (found === undefined) {
      found = test(name) || (!ascii.test(name) && test(name.normalize('NFKC')));
      if (known.size >= rememberedNames) known.clear();
      known.set(name, found);
    }
    return found;
  };
};

/** The names of the one half of a pair that is spelled out: `{"name": "password", "value": "…"}`. */
const namingKeys = new Set(
  'name key field campo fieldname columna column attribute atributo header parameter param nombre clave'.split(' '),
);
const valueKeys = new Set(
  (
    'value values val valor valores oldvalue newvalue old new valoranterior valoractual valornuevo previous previousvalue ' +
    'current before after antes despues from to content data text texto input'
  ).split(' '),
);

export const isNamingKey = (name: string): boolean => namingKeys.has(wordsOf(name).join(''));
export const isValueKey = (name: string): boolean => valueKeys.has(wordsOf(name).join(''));
