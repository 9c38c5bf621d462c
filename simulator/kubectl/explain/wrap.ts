/** Breaks lines at blanks so that they have at most so many characters, where words allow. Models go-wordwrap WrapString. */
export function wrapped(text: string, limit: number): string {
  let out = "";
  let width = 0;
  let word = "";
  let blanks = "";
  const flush = () => {
    width += blanks.length + word.length;
    out += blanks + word;
    blanks = "";
    word = "";
  };
  for (const char of text) {
    if (char === "\n") {
      if (word === "" && width + blanks.length > limit) blanks = "";
      flush();
      out += char;
      width = 0;
    } else if (/\s/.test(char) && char !== "\u00a0") {
      if (blanks === "" || word !== "") flush();
      blanks += char;
    } else {
      word += char;
      if (width + word.length + blanks.length > limit && word.length < limit) {
        out += "\n";
        width = 0;
        blanks = "";
      }
    }
  }
  if (word === "" && width + blanks.length > limit) return out;
  return out + blanks + word;
}

/** Every line begins with so many blanks, empty ones too. */
export function indented(text: string, amount: number): string {
  const pad = " ".repeat(amount);
  return pad + text.replaceAll("\n", `\n${pad}`);
}
