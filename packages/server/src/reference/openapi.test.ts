import { expect, test } from 'bun:test'
import { Compile } from 'typebox/compile'
import { commands } from '../commands/command-table.ts'
import { HTTP_DOOR_ERRORS, LOGIN_ERRORS } from '../commands/door-errors.ts'
import { ticketFailures } from '../testing/failing-logins.ts'
import type { JsonSchema } from './json-schema.ts'
import { type OpenApiDocument, openApiDocument } from './openapi.ts'

const document = JSON.parse(JSON.stringify(openApiDocument(commands))) as OpenApiDocument

/** Calls `visit` with every object of a JSON document and the pointer to it. */
function walk(value: unknown, visit: (node: Record<string, unknown>, at: string) => void, at = '#'): void {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, visit, `${at}/${index}`)
  else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>, at)
    for (const [name, item] of Object.entries(value)) walk(item, visit, `${at}/${name}`)
  }
}

function resolve(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], document)
}

test('it is an OpenAPI 3.1 document with what that asks for', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/)
  expect(document.info.title).not.toBe('')
  expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/)
  // Its own names, and extensions that begin with x-.
  const known = [
    'openapi',
    'info',
    'jsonSchemaDialect',
    'servers',
    'paths',
    'webhooks',
    'components',
    'security',
    'tags',
    'externalDocs',
  ]
  expect(Object.keys(document).filter(name => !known.includes(name) && !name.startsWith('x-'))).toEqual([])
  for (const path of Object.keys(document.paths)) expect(path).toMatch(/^\/v4\/\w+\/\w+$/)
})

test('every command of the HTTP door is a path, with its older paths, and no other', () => {
  const names = commands
    .filter(command => command.http === 'admin')
    .flatMap(command => [command.name, ...(command.aliases ?? [])])
  expect(Object.keys(document.paths).sort()).toEqual(names.map(name => `/v4/${name}`).sort())
  const operations = Object.values(document.paths).map(({ post }) => post)
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  for (const operation of operations) {
    expect(operation.summary).not.toBe('')
    expect(document.tags.map(({ name }) => name)).toContain(operation.tags[0] ?? '')
    expect(Object.keys(operation.responses)).toEqual(['200'])
  }
})

test('every command of the WebSocket door is listed, login first, and those of the SDK only are no paths', () => {
  const { login, commands: listed } = document['x-websocket']
  expect(login.cmd).toBe('session/login')
  expect(listed.map(({ cmd }) => cmd)).toEqual(
    commands.filter(command => command.socket).map(command => command.name),
  )
  for (const command of listed) expect(command['x-over-http']).toBe(`/v4/${command.cmd}` in document.paths)
})

test('every reference leads somewhere, every parameter and security scheme exists', () => {
  walk(document, (node, at) => {
    if (typeof node.$ref === 'string')
      expect({ at, found: resolve(node.$ref) !== undefined }).toEqual({ at, found: true })
  })
  for (const requirement of document.security)
    for (const scheme of Object.keys(requirement))
      expect(Object.keys(document.components.securitySchemes ?? {})).toContain(scheme)
  for (const parameter of Object.values(document.components.parameters ?? {}))
    expect(parameter).toMatchObject({ in: 'query', name: expect.any(String), schema: expect.any(Object) })
})

test('every schema is valid JSON Schema without our own keywords, and required fields exist', () => {
  const schemas: [string, JsonSchema][] = []
  for (const [path, { post }] of Object.entries(document.paths)) {
    schemas.push([path, post.requestBody.content['application/json'].schema])
    for (const part of post.responses['200'].content['application/json'].schema.allOf ?? [])
      if (!part.$ref) schemas.push([`${path} answer`, part])
  }
  for (const command of document['x-websocket'].commands)
    schemas.push([command.cmd, command.request], [`${command.cmd} answer`, command.response])
  for (const [where, schema] of schemas) {
    walk(schema, (node, at) => {
      const isSchema = !at.endsWith('/properties')
      if (isSchema)
        for (const own of ['code', 'fromText', '~kind'])
          expect({ where, at, own: own in node }).toEqual({ where, at, own: false })
      if (isSchema && Array.isArray(node.required))
        expect(Object.keys((node.properties as object) ?? {})).toEqual(
          expect.arrayContaining(node.required as string[]),
        )
    })
    expect(() => Compile({ ...schema, $defs: {} } as never)).not.toThrow()
  }
})

test('every code that a command may answer stands there with what it means and what to do', () => {
  for (const { post } of Object.values(document.paths)) {
    expect(post['x-errors'].length).toBeGreaterThan(0)
    for (const error of post['x-errors']) {
      expect(error.meaning).not.toBe('')
      expect(error.remedy).not.toBe('')
      expect(post.responses['200'].description).toContain(`\`${error.code}\``)
    }
  }
})

test('the codes of the doors are those that the checks of a login and a call give', () => {
  for (const { code } of ticketFailures(60006)) expect(HTTP_DOOR_ERRORS).toContain(code)
  for (const { code } of ticketFailures(70020)) expect(LOGIN_ERRORS).toContain(code)
  expect(document['x-door-errors'].map(({ code }) => code)).toEqual([...HTTP_DOOR_ERRORS])
})

test('every field of every request says what it means', () => {
  const silent: string[] = []
  const look = (where: string, schema: JsonSchema) => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (!field.description) silent.push(`${where} ${name}`)
      look(where, field)
      if (field.items) look(where, field.items)
    }
  }
  for (const [path, { post }] of Object.entries(document.paths))
    look(path, post.requestBody.content['application/json'].schema)
  for (const command of document['x-websocket'].commands) look(command.cmd, command.request)
  // Add a line to reference/field-notes.ts, or a description to the schema.
  expect(silent).toEqual([])
})
