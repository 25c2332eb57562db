/** The same function, which knows its last answer: entries of one batch were received at one moment. */
export const rememberLast = (format: (micros: number) => string): ((micros: number) => string) => {
  let last = Number.NaN;
  let text = '';
  return (micros) => {
    if (micros !== last) {
      last = micros;
      text = format(micros);
    }
    return text;
  };
};
