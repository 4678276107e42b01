/**
 * Whether this is the binary that `npm run compile` makes: sources, console, example and reference are inside it, under
 * `import.meta.dir`, laid out by `scripts/compile.mjs`. Run from a clone nothing is embedded.
 */
export const IS_SINGLE_FILE = Bun.embeddedFiles.length > 0
