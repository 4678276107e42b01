import { type FieldRow, fieldRows } from './field-table.ts'
import type { JsonSchema } from './json-schema.ts'
import type { DocumentedError, OpenApiDocument, Operation, SocketCommand } from './openapi.ts'
import { serviceTitle } from './openapi.ts'

/** Text as HTML. */
class Html {
  constructor(readonly text: string) {}
}

type Piece = string | number | Html | readonly Piece[]

/** Builds HTML; everything that is put in is escaped unless it is HTML itself. */
function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return new Html(strings.map((text, index) => text + pieceText(values[index] ?? '')).join(''))
}

function pieceText(piece: Piece): string {
  if (piece instanceof Html) return piece.text
  if (Array.isArray(piece)) return piece.map(pieceText).join('')
  return Bun.escapeHTML(String(piece))
}

/** A path that may break after its slashes. */
function breakable(path: string): Html {
  return new Html(Bun.escapeHTML(path).replaceAll(/(?<=.)\//g, '/<wbr>'))
}

/** `code` in a sentence. */
function prose(text: string): Html {
  return new Html(Bun.escapeHTML(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>'))
}

/** The API reference as one page, made from the OpenAPI document. It works without its script, which only filters. */
export function referencePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths)
  const byService = new Map<string, [string, Operation][]>()
  for (const [path, { post }] of operations) {
    const service = post.tags[0] ?? ''
    byService.set(service, [...(byService.get(service) ?? []), [path, post]])
  }
  const services = document.tags.map(
    ({ name, description }) => [name, description, byService.get(name) ?? []] as const,
  )
  const socket = document['x-websocket']
  const socketOnly = socket.commands.filter(command => !command['x-over-http'])
  const shared = socket.commands.filter(command => command['x-over-http'])
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Rookery API reference</title>
<link rel="stylesheet" href="/docs/reference.css">
<script src="/docs/reference.js" defer></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<p class="name"><a href="/docs">Rookery</a> <span>API reference ${document.info.version}</span></p>
<p class="links"><a href="/openapi.json">OpenAPI document</a></p>
</header>
<div class="columns">
<nav aria-label="Commands">
<label for="filter">Find a command, field or code</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="sendmsg, MsgKey, 70052">
<p id="found" role="status"></p>
<details class="contents" open>
<summary>Contents</summary>
<ul>
<li><a href="#rest">Calling over HTTP</a></li>
${services.map(
  ([name, description, list]) => html`<li class="group"><a href="#${name}">${description}</a>
<ul>${list.map(([path, { summary }]) => html`<li><a href="#${path.slice(4)}" title="${summary}">${path.slice(4 + name.length + 1)}</a></li>`)}</ul></li>`,
)}
<li class="group"><a href="#elements">Message elements</a></li>
<li class="group"><a href="#websocket">WebSocket</a>
<ul>${[socket.login, ...socketOnly, ...shared].map(
    ({ cmd }) => html`<li><a href="#ws:${cmd}">${cmd}</a></li>`,
  )}</ul></li>
</ul>
</details>
</nav>
<main id="main">
<h1>API reference</h1>
${restIntroduction(document)}
${services.map(
  ([name, description, list]) => html`<section id="${name}">
<h2>${description} <code>${name}</code></h2>
${list.map(([path, operation]) => operationArticle(path, operation))}
</section>`,
)}
${elementSection(document)}
<section id="websocket">
<h2>WebSocket</h2>
${socketIntroduction(socket.path, socket['x-door-errors'])}
<h3>Commands that only this door has</h3>
${[socket.login, ...socketOnly].map(socketArticle)}
<h3>Commands that both doors have</h3>
<p>Over the socket the logged-in user acts, so their form has no acting account. Answers and codes are those of the HTTP door.</p>
${shared.map(socketArticle)}
</section>
</main>
</div>
</body>
</html>
`.text
}

function restIntroduction(document: OpenApiDocument): Html {
  return html`<section id="rest">
<h2>Calling over HTTP</h2>
<p>Every call is a POST by an <strong>app admin</strong>, whom an operator appoints, with a UserSig of that admin. The body is one
JSON object. The answer is always HTTP 200; <code>ErrorCode</code> 0 is success. Any other HTTP status is a matter of the transport.</p>
<pre tabindex="0"><code>curl -X POST 'https://your.host/v4/openim/sendmsg?sdkappid=1400000001&amp;identifier=administrator&amp;random=1&amp;contenttype=json' \\
  -H 'Authorization: UserSig eJyr…' \\
  -d '{"From_Account":"alice","To_Account":"bob","MsgRandom":1,
       "MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"Hello"}}]}'</code></pre>
<p>The ticket may also stand in the URL as <code>usersig=</code>, as the vendor documents it; the header keeps it out of logs.</p>
<h3>Every answer</h3>
${fieldTable(answerSchema(document), 'answer')}
<h3>Codes that every call may get</h3>
${errorTable(document['x-door-errors'])}
</section>`
}

/** The envelope with the fields of `ErrorDetail` in place of the reference to them. */
function answerSchema(document: OpenApiDocument): JsonSchema {
  const { Envelope, ErrorDetail } = document.components.schemas as Readonly<Record<string, JsonSchema>>
  return { ...Envelope, properties: { ...Envelope?.properties, ErrorDetail: ErrorDetail ?? {} } }
}

function elementSection(document: OpenApiDocument): Html {
  const { MessageElement } = document.components.schemas as Readonly<Record<string, JsonSchema>>
  const kinds = (MessageElement?.oneOf ?? []) as readonly JsonSchema[]
  return html`<section id="elements">
<h2>Message elements</h2>
<p><code>MsgBody</code> is a list of <code>{"MsgType": …, "MsgContent": {…}}</code>. The fields of each <code>MsgContent</code>:</p>
${kinds.map(elementArticle)}
</section>`
}

function elementArticle(element: JsonSchema): Html {
  const name = String(element.properties?.MsgType?.const)
  return html`<article id="element:${name}" data-find="${name.toLowerCase()} msgbody message element">
<h3><a href="#element:${name}">${name}</a></h3>
${fieldTable(element.properties?.MsgContent ?? {}, 'request')}
</article>`
}

function socketIntroduction(path: string, errors: readonly DocumentedError[]): Html {
  return html`<p>The SDK speaks to <code>${path}</code>. Frames are JSON texts: <code>{"id":1,"cmd":"session/ping","body":{}}</code>, answered by
<code>{"id":1,"body":{…}}</code> with the same envelope as over HTTP. Events have <code>ev</code> and no <code>id</code>. The first frame is
<code>session/login</code>.</p>
<h3>Codes that every command may get</h3>
${errorTable(errors)}`
}

function operationArticle(path: string, operation: Operation): Html {
  const name = path.slice(4)
  const answer = operation.responses['200'].content['application/json'].schema.allOf?.[1]
  const older = operation['x-alias-of']
  return html`<article id="${name}" data-find="${searchText(name, operation.summary, operation)}">
<h3><span class="verb">POST</span> <a href="#${name}">${breakable(path)}</a></h3>
<p>${prose(operation.summary)}${older === undefined ? '' : html` Older path of <a href="#${older}">${older}</a>.`}</p>
<h4>Request</h4>
${fieldTable(operation.requestBody.content['application/json'].schema, 'request')}
<h4>Answer, beside the envelope</h4>
${answer ? fieldTable(answer, 'answer') : html`<p class="none">Nothing.</p>`}
<details><summary>Codes</summary>${errorTable(operation['x-errors'])}</details>
</article>`
}

function socketArticle(command: SocketCommand): Html {
  const hasPath = command['x-over-http']
  return html`<article id="ws:${command.cmd}" data-find="${searchText(command.cmd, command.summary, command)}">
<h4 class="title"><span class="verb">WS</span> <a href="#ws:${command.cmd}">${breakable(command.cmd)}</a></h4>
<p>${prose(command.summary)}</p>
<h5>Body</h5>
${fieldTable(command.request, 'request')}
${
  hasPath
    ? html`<p>Answer and codes: <a href="#${command.cmd}">${command.cmd}</a>.</p>`
    : html`<h5>Answer, beside the envelope</h5>
${fieldTable(command.response, 'answer')}
<details><summary>Codes</summary>${errorTable(command['x-errors'])}</details>`
}
</article>`
}

function fieldTable(schema: JsonSchema, kind: 'request' | 'answer'): Html {
  const rows = fieldRows(schema)
  if (rows.length === 0) return html`<p class="none">Nothing.</p>`
  const explained = rows.some(row => row.note || row.bounds.length > 0 || row.code !== undefined)
  return html`<div class="table" role="region" aria-label="Fields of the ${kind}" tabindex="0"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th>${explained ? html`<th scope="col">Meaning</th>` : ''}</tr></thead>
<tbody>${rows.map(
    row =>
      html`<tr class="depth${Math.min(row.depth, 3)}"><th scope="row" class="field"><code>${row.path}</code>${
        kind === 'request' && row.required ? html` <span class="required">required</span>` : ''
      }</th><td class="type"><code>${row.type}</code></td>${explained ? html`<td>${prose(row.note)} ${boundsText(row, kind)}</td>` : ''}</tr>`,
  )}</tbody></table></div>`
}

function boundsText(row: FieldRow, kind: 'request' | 'answer'): Html {
  const parts = [...row.bounds, ...(kind === 'request' && row.code !== undefined ? [`else ${row.code}`] : [])]
  return parts.length === 0 ? html`` : html`<span class="bounds">${parts.join(' · ')}</span>`
}

function errorTable(errors: readonly DocumentedError[]): Html {
  return html`<div class="table" role="region" aria-label="Codes" tabindex="0"><table>
<thead><tr><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col">What to do</th></tr></thead>
<tbody>${errors.map(
    ({
      code,
      name,
      meaning,
      remedy,
      retryable,
    }) => html`<tr><th scope="row" class="code"><code title="${name}">${code}</code></th><td class="meaning">${prose(meaning)}</td>
<td>${prose(remedy)}${retryable ? html` <span class="bounds">may be tried again</span>` : ''}</td></tr>`,
  )}</tbody></table></div>`
}

/** What the filter looks through. */
function searchText(name: string, summary: string, entry: Operation | SocketCommand): string {
  const request =
    'requestBody' in entry ? entry.requestBody.content['application/json'].schema : entry.request
  const fields = fieldRows(request).map(row => row.path)
  const codes = entry['x-errors'].map(({ code }) => code)
  return [name, serviceTitle(name.slice(0, name.indexOf('/'))), summary, ...fields, ...codes]
    .join(' ')
    .toLowerCase()
}
