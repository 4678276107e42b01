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

/** Insertions, deletions, substitutions and swaps of neighbours; long texts are cut, they are no near miss. */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 80), b.slice(0, 80)]
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= from.length; row++) {
    const above = rows[row - 1]!
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          above[column]! + 1,
          current[column - 1]! + 1,
          above[column - 1]! + (same ? 0 : 1),
          swapped ? rows[row - 2]![column - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    rows.push(current)
  }
  return rows[from.length]![to.length]!
}
