/**
 * The same text in one piece. Joined texts are kept as their pieces until somebody reads them whole; of keys and names,
 * which live as long as their objects, there are millions.
 */
export function flat(text: string): string {
  // Reading a letter is what puts the pieces together.
  return text.charCodeAt(0) < 0 ? "" : text;
}
