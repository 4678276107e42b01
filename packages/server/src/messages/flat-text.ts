/**
 * The same text in one piece, for one that is kept. The engine holds a text as the pieces that it was put together of until
 * somebody looks into it; joining texts does not, and walks over all the pieces each time.
 */
export function flatText(text: string): string {
  // The compiler drops a look at a character that nothing depends on, and the text would stay in pieces.
  return text.charCodeAt(0) >= 0 ? text : ''
}
