import TencentCloudChat, { type ChatSDK, type Group, type GroupMember } from '@rookery/chat'
import { ask, byId, clockTime, element, initial, list, setText, toast } from '../dom.ts'
import { openMenu } from '../menu.ts'
import { chosenPeople, offerPeople } from './choose-people.ts'
import { isModerated, isMuted, isStaff, memberActions, memberName } from './member-actions.ts'

const { TYPES } = TencentCloudChat
const PAGE = 50

interface GroupPanelOptions {
  readonly chat: ChatSDK
  readonly groupID: string
  readonly signal: AbortSignal
}

/** The pane beside an open group: what it is, who is in it, and what this user may do there. */
export class GroupPanel {
  readonly #options: GroupPanelOptions
  readonly #pane = byId('group')
  /** Undefined until the server told it; the SDK keeps the object up to date. */
  group: Group | undefined
  members: readonly GroupMember[] = []
  #isMember = true
  /** The box says what was asked for until the server has answered. */
  #isMutingAll = false
  /** Where the next page of members begins; 0 when there is none. */
  #next: number | string = 0
  #turn = 0

  constructor(options: GroupPanelOptions) {
    const { signal } = options
    this.#options = options
    const on = (id: string, run: () => unknown) =>
      byId(id).addEventListener('click', () => Promise.resolve().then(run).catch(toast), { signal })
    on('open-group', () => this.#toggle(this.#pane.hidden === true))
    on('close-group', () => this.#toggle(false))
    on('more-members', () => this.#loadMore())
    on('mute-all', () => this.#muteAll())
    on('invite', () => this.#invite())
    on('edit-group', () => this.#edit())
    on('quit-group', () => this.#leave('quitGroup', 'Quit this group?'))
    on('dismiss-group', () => this.#leave('dismissGroup', 'Dismiss this group for everybody?'))
  }

  /** Shown under the group's name; who is outside is not told how many are in. */
  get summary(): string {
    if (!this.#isMember) return ''
    const { memberCount = 0 } = this.group ?? {}
    return memberCount === 1 ? '1 member' : `${memberCount} members`
  }

  async open(): Promise<void> {
    const { chat, groupID, signal } = this.#options
    byId('open-group').hidden = false
    const { group } = (await chat.getGroupProfile({ groupID })).data
    // Nobody stays in a large room: each login enters it anew. Its name is shown when this user is inside.
    if (group.type === TYPES.GRP_AVCHATROOM) await chat.joinGroup({ groupID })
    if (signal.aborted) return
    this.group = group
    await this.refresh()
  }

  close(): void {
    this.#toggle(false)
    byId('open-group').hidden = true
    byId('composer').inert = false
    byId('group-state').hidden = true
  }

  /** Reads the members anew, from the first page. Of several calls at a time the last one counts. */
  async refresh(): Promise<void> {
    const { chat, groupID, signal } = this.#options
    const turn = ++this.#turn
    const { data } = await chat.getGroupList()
    const isMember = this.#isRoom() || data.groupList.some(it => it.groupID === groupID)
    const hasList = isMember && !this.#isRoom()
    const page = hasList ? await chat.getGroupMemberList({ groupID, count: PAGE, offset: 0 }) : undefined
    if (turn !== this.#turn || signal.aborted) return
    this.#isMember = isMember
    this.members = page?.data.memberList ?? []
    this.#next = page?.data.offset || 0
    this.#show()
  }

  async #loadMore(): Promise<void> {
    const { chat, groupID } = this.#options
    const turn = this.#turn
    const { data } = await chat.getGroupMemberList({ groupID, count: PAGE, offset: this.#next })
    if (turn !== this.#turn) return
    this.members = [...this.members, ...data.memberList]
    this.#next = data.offset || 0
    this.#show()
  }

  #show(): void {
    const { group } = this
    if (!group) return
    const { name, groupID, notification, muteAllMembers, selfInfo } = group
    const isOwner = selfInfo.role === TYPES.GRP_MBR_ROLE_OWNER
    setText(byId('peer'), name)
    setText(byId('peer-status'), this.summary)
    initial(byId('peer-avatar'), name, groupID)
    setText(byId('group-name'), name)
    setText(byId('group-facts'), groupID)
    setText(byId('group-notice'), notification)
    byId('group-notice').hidden = notification === ''
    byId('mute-all-label').hidden = !(this.#isMember && isStaff(group) && isModerated(group))
    if (!this.#isMutingAll) byId<HTMLInputElement>('mute-all').checked = muteAllMembers
    byId('more-members').hidden = !this.#next
    byId('invite').hidden = !this.#isMember || this.#isRoom()
    byId('edit-group').hidden = !this.#isMember || (isModerated(group) && !isStaff(group))
    // An owner hands the group over before they leave; Work groups stay without one, and are not dismissed.
    byId('quit-group').hidden = !this.#isMember || (isOwner && isModerated(group))
    byId('dismiss-group').hidden = !this.#isMember || !isOwner || !isModerated(group)
    byId('composer').inert = !this.#isMember
    setText(byId('group-state'), this.#state(group))
    byId('group-state').hidden = this.#state(group) === ''
    list(byId('members'), this.members, {
      key: it => it.userID,
      make: makeMember,
      fill: (row, it) => this.#fillMember(row, group, it),
    })
  }

  /** Why this user cannot write now, or `''`. */
  #state(group: Group): string {
    const { muteTime } = group.selfInfo
    if (!this.#isMember) return 'You are not in this group.'
    if (group.muteAllMembers && !isStaff(group)) return 'Only the owner and admins may write now.'
    return muteTime > Date.now() / 1000 ? `You are muted until ${clockTime(muteTime)}.` : ''
  }

  #fillMember(row: HTMLElement, group: Group, member: GroupMember): void {
    const { chat } = this.#options
    const name = memberName(member)
    initial(row.querySelector('.avatar'), name, member.userID)
    setText(row.querySelector('b'), name)
    setText(row.querySelector('.role'), isMuted(member) ? `${member.role}, muted` : member.role)
    const actions = memberActions(chat, group, member)
    const button = row.querySelector('button')
    if (!button) return
    button.hidden = actions.length === 0
    button.ariaLabel = `What to do with ${name}`
    button.onclick = () => openMenu(`What to do with ${name}`, button.getBoundingClientRect(), actions)
  }

  #toggle(isOpen: boolean): void {
    this.#pane.hidden = !isOpen
    byId('app').toggleAttribute('data-group', isOpen)
    byId('open-group').ariaExpanded = String(isOpen)
  }

  async #muteAll(): Promise<void> {
    const { chat, groupID } = this.#options
    const muteAllMembers = byId<HTMLInputElement>('mute-all').checked
    this.#isMutingAll = true
    // The box shows what the group is, also after a refusal.
    await chat.updateGroupProfile({ groupID, muteAllMembers }).finally(() => {
      this.#isMutingAll = false
      this.#show()
    })
  }

  async #invite(): Promise<void> {
    const { chat, groupID } = this.#options
    await offerPeople(
      'invited-people',
      this.members.map(it => it.userID),
    )
    if (!(await ask('invite-people'))) return
    const userIDList = chosenPeople('invited-people')
    if (userIDList.length === 0) return
    const { data } = await chat.addGroupMember({ groupID, userIDList })
    const { successUserIDList, failureUserIDList } = data
    if (failureUserIDList.length > 0) toast(`Not added: ${failureUserIDList.join(', ')}.`)
    else if (successUserIDList.length < userIDList.length)
      toast('Invited. Some have to agree, or an admin has to.')
  }

  async #edit(): Promise<void> {
    const { chat, groupID } = this.#options
    const { name = '', notification = '' } = this.group ?? {}
    const given = await ask('group-profile', { name, notification })
    if (given) await chat.updateGroupProfile({ groupID, ...given })
  }

  async #leave(how: 'quitGroup' | 'dismissGroup', question: string): Promise<void> {
    if (!confirm(question)) return
    const { chat, groupID } = this.#options
    await chat[how](groupID)
    location.hash = ''
  }

  #isRoom(): boolean {
    return this.group?.type === TYPES.GRP_AVCHATROOM
  }
}

function makeMember(): HTMLElement {
  const avatar = element('span', 'avatar')
  avatar.ariaHidden = 'true'
  return element(
    'li',
    'member',
    avatar,
    element('div', 'grow', element('b'), element('span', 'role')),
    element('button', 'plain', '⋯'),
  )
}
