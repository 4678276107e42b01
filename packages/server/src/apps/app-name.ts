/** Own choice: fits a line of the console and of a log. */
const NAME_CHARS = 100

/** What is wrong with the name of an app, as a sentence for the operator. */
export function appNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'The app needs a name.'
  if (name.length > NAME_CHARS)
    return `The name of an app may have ${NAME_CHARS} characters, this has ${name.length}.`
  if (/\p{Cc}/u.test(name) || !name.isWellFormed())
    return 'The name of an app may not have control characters.'
  return undefined
}
