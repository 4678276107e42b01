/** The name that `given` was probably meant to be; undefined when none is near. */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  // A third of the letters may be wrong, else it is another word.
  let least = Math.floor(Math.max(given.length, 3) / 3) + 1
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase())
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best
}

/** Insertions, deletions and substitutions between two texts; long texts are cut, they are no near miss. */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 80), b.slice(0, 80)]
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++)
      current.push(
        Math.min(
          previous[column]! + 1,
          current[column - 1]! + 1,
          previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1),
        ),
      )
    previous = current
  }
  return previous[to.length]!
}
