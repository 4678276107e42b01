import { test } from 'bun:test'
import { startTestServer } from '../../testing/test-server.ts'
import { RACERS, raceRemovals } from './removal-race.ts'

test('who writes while being removed has no message after it, hears none, and missed none before', async () => {
  await using server = await startTestServer({
    users: RACERS,
    settings: { 'rate.rest.default': 0, 'session.commandsPerSec': 10_000 },
  })
  await raceRemovals(server, server, 25)
}, 60_000)
