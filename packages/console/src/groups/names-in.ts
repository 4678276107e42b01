/** The UserIDs of a text, between commas or line ends. */
export function namesIn(text: string): string[] {
  return text
    .split(/[,，\n]/)
    .map(name => name.trim())
    .filter(name => name !== '')
}
