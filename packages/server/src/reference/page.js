// Shows the commands that hold every word of the filter; everything else on the page works without this.
const filter = document.getElementById('filter')
const found = document.getElementById('found')
const articles = [...document.querySelectorAll('article')]
const sections = [...document.querySelectorAll('main > section')]
const entries = [...document.querySelectorAll('nav li li')]

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = new Set()
  for (const article of articles) {
    const matches = words.every(word => article.dataset.find.includes(word))
    article.hidden = !matches
    if (matches) shown.add(`#${article.id}`)
  }
  for (const section of sections)
    section.hidden = words.length > 0 && !section.querySelector('article:not([hidden])')
  for (const entry of entries) entry.hidden = !shown.has(entry.firstElementChild.getAttribute('href'))
  found.textContent = words.length > 0 ? `${shown.size} of ${articles.length} entries` : ''
}

filter.addEventListener('input', apply)
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.target === filter || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  filter.focus()
})

// On a narrow screen the contents would push the page away.
const contents = document.querySelector('.contents')
const narrow = matchMedia('(max-width: 60rem)')
const fold = () => {
  contents.open = !narrow.matches
}
narrow.addEventListener('change', fold)
fold()
apply()
