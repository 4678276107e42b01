import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One user of the example. */
export interface User {
  readonly userID: string
  readonly name: string
  /** argon2id, in PHC form. */
  readonly passwordHash: string
  /** Demo users only: their password is made for this machine and shown at every start. */
  readonly demoPassword?: string
}

export interface Person {
  readonly userID: string
  readonly name: string
}

export interface DemoUser {
  readonly userID: string
  readonly password: string
}

const DEMO_USERS: readonly Person[] = [
  { userID: 'lin', name: 'Lin' },
  { userID: 'mira', name: 'Mira' },
]
/** OWASP's least for argon2id: 19 MiB, two passes; some 20 ms. */
const ARGON2 = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
export const USERS_MAX = 100
export const PASSWORD_MIN = 8
/** Bytes that are hashed for anybody who asks. */
export const PASSWORD_MAX = 200
export const USER_NAME = /^[a-z0-9_-]{2,32}$/

/** Thrown with a text for the person at the form. */
export class AccountError extends Error {}

/** The example's own users, in one file that only its owner can read. Your app has its own in its place. */
export class Accounts {
  readonly #file: string
  readonly #users: Map<string, User>
  readonly #decoyHash: string
  /** Hashing is dear on purpose: one at a time, whoever asks. */
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(file: string, users: readonly User[], decoyHash: string) {
    this.#file = file
    this.#users = new Map(users.map(user => [user.userID, user]))
    this.#decoyHash = decoyHash
  }

  /** Opens the file in `folder`, or makes it with the demo users and new passwords for them. */
  static async open(folder: string): Promise<Accounts> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, 'users.json')
    const file = Bun.file(path)
    const isNew = !(await file.exists())
    const users = isNew
      ? await Promise.all(DEMO_USERS.map(makeDemoUser))
      : ((await file.json()) as readonly User[])
    const accounts = new Accounts(path, users, await hash(randomPassword()))
    if (isNew) await accounts.#save()
    else await chmod(path, 0o600)
    return accounts
  }

  get demoUsers(): readonly DemoUser[] {
    return [...this.#users.values()].flatMap(({ userID, demoPassword }) =>
      demoPassword === undefined ? [] : [{ userID, password: demoPassword }],
    )
  }

  people(): readonly Person[] {
    return [...this.#users.values()].map(({ userID, name }) => ({ userID, name }))
  }

  /** Takes as long for a user that does not exist as for a wrong password. */
  async verify(userID: string, password: string): Promise<boolean> {
    const user = this.#users.get(userID)
    const isRight = await this.#inTurn(() =>
      Bun.password.verify(password, user?.passwordHash ?? this.#decoyHash),
    )
    return user !== undefined && isRight
  }

  async add(userID: string, password: string): Promise<void> {
    if (!USER_NAME.test(userID))
      throw new AccountError('A user name has 2 to 32 characters of a-z, 0-9, "_" and "-".')
    if (password.length < PASSWORD_MIN)
      throw new AccountError(`Choose a password of at least ${PASSWORD_MIN} characters.`)
    await this.#inTurn(async () => {
      if (this.#users.has(userID)) throw new AccountError(`The name ${userID} is taken. Choose another one.`)
      if (this.#users.size >= USERS_MAX)
        throw new AccountError(`The example takes ${USERS_MAX} users, no more.`)
      this.#users.set(userID, { userID, name: userID, passwordHash: await hash(password) })
      await this.#save()
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #save(): Promise<void> {
    const text = `${JSON.stringify([...this.#users.values()], null, 2)}\n`
    await writeFile(`${this.#file}.new`, text, { mode: 0o600 })
    await rename(`${this.#file}.new`, this.#file)
  }
}

const hash = (password: string) => Bun.password.hash(password, ARGON2)

async function makeDemoUser(person: Person): Promise<User> {
  const demoPassword = randomPassword()
  return { ...person, passwordHash: await hash(demoPassword), demoPassword }
}

/** 60 bits, in letters and digits that are not mistaken for each other. */
function randomPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const letters = [...crypto.getRandomValues(new Uint8Array(12))].map(byte => alphabet[byte & 31])
  return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)].map(part => part.join('')).join('-')
}
