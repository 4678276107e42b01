import { describe, expect, test } from 'bun:test'
import { readJunit, summaryLine, together, verdict } from '../../scripts/test-summary.mjs'

const junit = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="9" assertions="2" failures="0" skipped="0" time="0.2">
  <testsuite name="packages/a/a.test.ts" file="packages/a/a.test.ts" tests="3" failures="1" skipped="1">
    <testsuite name="outer" file="packages/a/a.test.ts" line="2" tests="3">
      <testcase name="a &lt;b&gt; &amp; &quot;c&quot;" classname="outer" time="0" file="packages/a/a.test.ts" line="2" assertions="1" />
      <testcase name="left out" classname="outer" time="0" file="packages/a/a.test.ts" line="3" assertions="0">
        <skipped />
      </testcase>
      <testcase name="wrong" classname="outer" time="0" file="packages/a/a.test.ts" line="4" assertions="1">
        <failure type="AssertionError" message="1 &lt; 2&#10;">at a.test.ts&#10;</failure>
      </testcase>
    </testsuite>
  </testsuite>
  <testsuite name="packages/b/b.test.ts" file="packages/b/b.test.ts" tests="1" failures="0" skipped="0">
    <testcase name="alone" classname="" time="0" file="packages/b/b.test.ts" line="1" assertions="0" />
  </testsuite>
</testsuites>`
const files = ['packages/a/a.test.ts', 'packages/b/b.test.ts']
const passing = junit.replace(/<failure[\s\S]*?<\/failure>/, '').replace('<skipped />', '')
const skipping = junit.replace(/<failure[\s\S]*?<\/failure>/, '')

describe('the closing line of a test run', () => {
  test('counts the tests themselves, with their file and full name', () => {
    expect(readJunit(junit)).toEqual([
      { file: 'packages/a/a.test.ts', name: 'outer > a <b> & "c"', result: 'passed' },
      { file: 'packages/a/a.test.ts', name: 'outer > left out', result: 'skipped' },
      { file: 'packages/a/a.test.ts', name: 'outer > wrong', result: 'failed' },
      { file: 'packages/b/b.test.ts', name: 'alone', result: 'passed' },
    ])
  })

  test('has the form that CI reads, and names skipped tests only when there are any', () => {
    expect(summaryLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
    expect(summaryLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped')
  })

  test('is good when every file reported and no test failed', () => {
    expect(verdict({ junit: passing, exitCode: 0, files, ci: true })).toEqual({
      line: '4 passed, 0 failed',
      notes: [],
      exitCode: 0,
    })
  })

  test('names each failed and each skipped test', () => {
    const { line, notes, exitCode } = verdict({ junit, exitCode: 1, files, ci: false })
    expect(line).toBe('2 passed, 1 failed, 1 skipped')
    expect(notes).toContain('  packages/a/a.test.ts: outer > wrong')
    expect(notes).toContain('  packages/a/a.test.ts: outer > left out')
    expect(exitCode).toBe(1)
  })

  test('takes a skipped test as a skip on a developer’s machine and as a failure in CI', () => {
    const atHome = verdict({ junit: skipping, exitCode: 0, files, ci: false })
    expect([atHome.line, atHome.exitCode]).toEqual(['3 passed, 0 failed, 1 skipped', 0])
    const inCi = verdict({ junit: skipping, exitCode: 0, files, ci: true })
    expect([inCi.line, inCi.exitCode]).toEqual(['3 passed, 1 failed', 1])
    expect(inCi.notes).toContain('  packages/a/a.test.ts: outer > left out')
  })

  test('does not take tests that a name filter left out as skipped', () => {
    const { line, exitCode } = verdict({ junit: skipping, exitCode: 0, files, ci: true, byName: true })
    expect([line, exitCode]).toEqual(['3 passed, 0 failed', 0])
  })

  test('counts a file without any result as failed, though bun ended with code 0', () => {
    const ended = verdict({ junit: passing, exitCode: 0, files: [...files, 'tests/c.test.ts'], ci: false })
    expect([ended.line, ended.exitCode]).toEqual(['4 passed, 1 failed', 1])
    expect(ended.notes).toContain('  tests/c.test.ts')
  })

  test('says at least one failure when bun crashed before it wrote a report', () => {
    const { line, exitCode } = verdict({ junit: '', exitCode: 139, files, ci: false })
    expect([line, exitCode]).toEqual(['0 passed, 2 failed', 1])
  })

  test('says one failure when bun failed for a reason that no test shows', () => {
    const { line, notes } = verdict({ junit: passing, exitCode: 3, files, ci: false })
    expect(line).toBe('4 passed, 1 failed')
    expect(notes.join('\n')).toContain('code 3')
  })

  test('is a failure when no test ran or the time was up', () => {
    expect(verdict({ junit: '', exitCode: 0, files: [], ci: false }).line).toBe('0 passed, 1 failed')
    const late = verdict({ junit: passing, exitCode: 143, files, ci: false, trouble: 'The time was up.' })
    expect([late.line, late.exitCode]).toEqual(['4 passed, 1 failed', 1])
    expect(late.notes).toContain('The time was up.')
  })

  test('counts two runs together and says of which one a failure is', () => {
    const run = { files, ci: false, exitCode: 0 }
    const both = together([
      { ...run, junit: passing },
      { ...run, junit, exitCode: 1, title: 'On PostgreSQL:' },
    ])
    expect([both.line, both.exitCode]).toEqual(['6 passed, 1 failed, 1 skipped', 1])
    expect(both.notes.slice(0, 3)).toEqual([
      'On PostgreSQL:',
      'Failed:',
      '  packages/a/a.test.ts: outer > wrong',
    ])
    const silent = together([
      { ...run, junit: passing },
      { ...run, junit: '' },
    ])
    expect(silent.line).toBe('4 passed, 2 failed')
  })

  test('takes the files of a run that could not be made as skipped', () => {
    const left = { junit: '', exitCode: 0, files, leftOut: true, title: 'On PostgreSQL:' }
    const passed = { junit: passing, exitCode: 0, files, ci: false }
    const atHome = together([passed, { ...left, ci: false }])
    expect([atHome.line, atHome.exitCode]).toEqual(['4 passed, 0 failed, 2 skipped', 0])
    expect(atHome.notes).toContain('  packages/b/b.test.ts')
    expect(
      together([
        { ...passed, ci: true },
        { ...left, ci: true },
      ]).line,
    ).toBe('4 passed, 2 failed')
  })
})
