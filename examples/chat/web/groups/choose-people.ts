import { fetchPeople } from '../app-server.ts'
import { byId, element } from '../dom.ts'

/** Fills the fieldset with a box for each of the app's users, but those who are in already. */
export async function offerPeople(id: string, without: readonly string[]): Promise<void> {
  const people = await fetchPeople()
  const boxes = people
    .filter(it => !without.includes(it.userID))
    .map(({ userID, name }) => {
      const box = element('input')
      box.type = 'checkbox'
      box.value = userID
      return element('label', 'box', box, name)
    })
  byId(id).replaceChildren(
    element('legend', '', 'Members'),
    ...(boxes.length > 0 ? boxes : [element('p', 'hint', 'Nobody else is here.')]),
  )
}

export const chosenPeople = (id: string): readonly string[] =>
  [...byId(id).querySelectorAll<HTMLInputElement>('input:checked')].map(it => it.value)
