/** Meaning and remedy of each code of a number file, one sentence each; a missing or surplus name does not compile. */
export type Texts<Codes> = { readonly [Name in keyof Codes]: readonly [meaning: string, remedy: string] }
