// Before the first paint, so that a dark page does not flash white.
;(() => {
  let chosen = 'auto'
  try {
    chosen = localStorage.getItem('rookery.scheme') ?? 'auto'
  } catch {
    // Storage may be off; then the system decides.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
