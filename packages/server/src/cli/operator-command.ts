import type { Settings } from '@rookery/protocol/limits'
import type { Static, TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { AppRegistry } from '../apps/app-registry.ts'
import { refuse } from '../apps/refuse.ts'
import type { SecretBox } from '../apps/secret-box.ts'
import type { Store } from '../store/store.ts'

/** What an operator's command works with: the same in the running server and on a data folder that no server uses. */
export interface OperatorContext {
  readonly store: Store
  readonly box: SecretBox
  readonly apps: AppRegistry
  /** What the configuration sets for every app, and the server's own settings. */
  readonly settings: Settings
  /** For the audit, as `cli:root`. */
  readonly actor: string
}

/** What the command line makes of a property of a command's arguments. */
export interface ArgumentHints {
  /** 1 = the first word after the command's name; others are options. */
  readonly position?: number
  /** Stands for the value in usage texts. */
  readonly word?: string
  /** The option takes a file with the value (`-` is standard input), so that a secret is on no command line. */
  readonly fromFile?: boolean
  readonly description?: string
}

export interface OperatorCommandSpec<S extends TObject, R> {
  /** `key rotate` */
  readonly name: string
  /** One sentence for the help. */
  readonly summary: string
  /** Set for what can't be undone: says what will happen, and that `--yes` is needed. */
  readonly confirm?: string
  readonly args: S
  readonly run: (context: OperatorContext, args: Static<S>) => Promise<R>
  /** The result as the command line prints it. */
  readonly show: (result: R) => string
}

export interface OperatorCommand extends Omit<OperatorCommandSpec<TObject, unknown>, 'run' | 'show'> {
  /** Checks the arguments, which came from another process, and runs. */
  readonly run: (context: OperatorContext, args: unknown) => Promise<unknown>
  readonly show: (result: unknown) => string
}

export function defineOperatorCommand<S extends TObject, R>(
  spec: OperatorCommandSpec<S, R>,
): OperatorCommand {
  let validator: Validator | undefined
  return {
    ...spec,
    show: result => spec.show(result as R),
    async run(context, args) {
      validator ??= Compile(spec.args)
      if (!validator.Check(args)) {
        const [first] = validator.Errors(args)
        throw refuse(
          'arguments',
          `${spec.name}: ${first?.instancePath.slice(1) ?? ''} ${first?.message ?? ''}.`,
        )
      }
      return spec.run(context, args as Static<S>)
    },
  }
}
