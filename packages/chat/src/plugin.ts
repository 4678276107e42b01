/**
 * What `/plugins/*` and `/modules/*` export: everything is in the package itself, so that `chat.use(plugin)` and
 * `registerPlugin` have nothing to add (sdk-1 section 1.2).
 */
const plugin: Readonly<Record<string, never>> = Object.freeze({})

export default plugin
