import { expect, test } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { GroupRow } from '../group-rows.ts'
import { EntryTips } from './entry-tips.ts'

const ROOM = { app_id: 1, group_no: 2 } as GroupRow

function gather() {
  const told: [number, readonly number[]][] = []
  return { told, tips: new EntryTips(({ op, accounts }) => told.push([op, accounts])) }
}

test('the first who comes is told at once, the next ones together', async () => {
  const { told, tips } = gather()
  for (let account = 1; account <= 250; account++) tips.add(ROOM, GroupTip.JOINED, account)
  expect(told).toEqual([[GroupTip.JOINED, [1]]])
  while (told.length < 2) await Bun.sleep(10)
  expect(told[1]?.[1]).toEqual(Array.from({ length: 100 }, (_, index) => index + 151))
  tips.stop()
})

test('of who came and went in between only the last is told', async () => {
  const { told, tips } = gather()
  tips.add(ROOM, GroupTip.JOINED, 1)
  tips.add(ROOM, GroupTip.JOINED, 2)
  tips.add(ROOM, GroupTip.QUIT, 1)
  tips.add(ROOM, GroupTip.QUIT, 2)
  tips.add(ROOM, GroupTip.JOINED, 2)
  while (told.length < 3) await Bun.sleep(10)
  expect(told.slice(1)).toEqual([
    [GroupTip.JOINED, [2]],
    [GroupTip.QUIT, [1]],
  ])
  tips.stop()
})
