import type { RestCommandName, RestCommands } from './generated/rest-commands.ts'

/**
 * Whether a command may be sent again when the server may have carried it out already. (After a refusal, and when there was no
 * connection, every command may.)
 */
export interface RepeatRule<C extends RestCommandName> {
  /**
   * `safe`: twice comes to the same as once. `keyed`: the server knows a repeat by the fields of `fill`, which the client sets
   * once a call. `once`: never.
   */
  readonly repeat: 'safe' | 'keyed' | 'once'
  readonly why: string
  /** Fields that get a random u32 when the caller leaves them out. */
  readonly fill?: readonly (keyof RestCommands[C]['request'])[]
  /** Bodies for which the rule is `once` after all. */
  readonly except?: (body: RestCommands[C]['request']) => boolean
}

const READ = { repeat: 'safe', why: 'Reads only.' } as const

const SEND_KEY = ['MsgSeq', 'MsgRandom'] as const

/** Online-only messages are not stored, so a repeated one is not known. */
function isOnlineOnly(body: { readonly OnlineOnlyFlag?: 0 | 1; readonly MsgLifeTime?: number }): boolean {
  return body.OnlineOnlyFlag === 1 || body.MsgLifeTime === 0
}

/** Every command has a row: the type check fails when the generator brings one without. */
export const repeatRules: { readonly [C in RestCommandName]: RepeatRule<C> } = {
  'im_open_login_svc/account_import': { repeat: 'safe', why: 'Sets the same nickname and avatar again.' },
  'im_open_login_svc/multiaccount_import': {
    repeat: 'safe',
    why: 'Sets the same nicknames and avatars again.',
  },
  'im_open_login_svc/account_delete': {
    repeat: 'once',
    why: 'Would delete an account that was imported anew meanwhile, and answers 70107 for what is deleted.',
  },
  'im_open_login_svc/account_check': READ,
  'im_open_login_svc/kick': {
    repeat: 'once',
    why: 'Would end logins that came after the first kick, with new UserSigs.',
  },
  'openim/query_online_status': READ,
  'openim/querystate': READ,
  'openim/sendmsg': {
    repeat: 'keyed',
    why: 'Equal sends within 120 s are one send (rest-1 section 4.1).',
    fill: SEND_KEY,
    except: isOnlineOnly,
  },
  'openim/batchsendmsg': {
    repeat: 'keyed',
    why: 'Equal sends to a receiver within 120 s are one send (rest-1 section 4.1).',
    fill: SEND_KEY,
    except: isOnlineOnly,
  },
  'openim/importmsg': {
    repeat: 'keyed',
    why: 'An import is known by MsgSeq, MsgRandom and MsgTimeStamp for good (rest-1 section 4.1).',
    fill: SEND_KEY,
  },
  'openim/admin_getroammsg': READ,
  'openim/admin_msgwithdraw': {
    repeat: 'safe',
    why: 'A recalled message stays recalled; a repeat answers 20023.',
  },
  'openim/modify_c2c_msg': {
    repeat: 'safe',
    why: 'With MsgVersion the second one is refused with 2480; without, it would undo an edit made meanwhile.',
    except: body => body.MsgVersion === undefined,
  },
  'openim/delete_c2c_msg_ramble': { repeat: 'safe', why: 'What is out of the view stays out.' },
  'openim/c2c_msg_read_receipt': {
    repeat: 'safe',
    why: 'Only the first receipt of a message counts.',
  },
  'openim/admin_set_msg_read': {
    repeat: 'safe',
    why: 'Read up to a time is read up to it; without a time, messages that came meanwhile would be read too.',
    except: body => body.MsgReadTime === undefined,
  },
  'openim/get_c2c_unread_msg_num': READ,
  'openim_msg_ext_http_svc/set_key_values': {
    repeat: 'once',
    why: 'An admin needs no version, so a repeat would overwrite what a user set meanwhile.',
  },
  'openim_msg_ext_http_svc/get_key_values': READ,
  'recentcontact/get_list': READ,
  'recentcontact/delete': {
    repeat: 'once',
    why: 'Would hide or clear messages that came after the first one.',
  },
  'recentcontact/mark_contact': { repeat: 'safe', why: 'Sets and clears the same marks again.' },
  'recentcontact/create_contact_group': {
    repeat: 'once',
    why: 'A repeat is refused with 50002: the name is taken by the first one.',
  },
  'recentcontact/update_contact_group': {
    repeat: 'safe',
    why: 'Puts in and takes out the same conversations; but the old name of a renamed group is gone (51009).',
    except: body => body.UpdateGroup.UpdateGroupType === 1,
  },
  'recentcontact/del_contact_group': {
    repeat: 'once',
    why: 'Would delete a group that was made anew under the name; else refused with 51009.',
  },
  'recentcontact/get_contact_group': READ,
  'recentcontact/search_contact_group': READ,
  'group_open_http_svc/create_group': {
    repeat: 'once',
    why: 'Would make a second group, or answer 10021 for the first.',
  },
  'group_open_http_svc/import_group': {
    repeat: 'once',
    why: 'Would make a second group, or answer 10021 for the first.',
  },
  'group_open_http_svc/get_appid_group_list': READ,
  'group_open_http_svc/get_group_info': READ,
  'group_open_http_svc/modify_group_base_info': { repeat: 'safe', why: 'Sets the same values again.' },
  'group_open_http_svc/destroy_group': {
    repeat: 'once',
    why: 'Answers 10010 for what is dismissed, and would dismiss a new group of the same id.',
  },
  'group_open_http_svc/change_group_owner': {
    repeat: 'safe',
    why: 'Changes nothing for who is the owner already.',
  },
  'group_open_http_svc/get_joined_group_list': READ,
  'group_open_http_svc/get_group_member_info': READ,
  'group_open_http_svc/get_specified_group_member_info': READ,
  'group_open_http_svc/add_group_member': {
    repeat: 'once',
    why: 'Would bring back who left meanwhile, and answers 2 for who was added.',
  },
  'group_open_http_svc/delete_group_member': {
    repeat: 'once',
    why: 'Would remove who was added again meanwhile.',
  },
  'group_open_http_svc/modify_group_member_info': { repeat: 'once', why: 'Would begin the mute anew.' },
  'group_open_http_svc/get_role_in_group': READ,
  'group_open_http_svc/import_group_member': {
    repeat: 'once',
    why: 'Would bring back who left meanwhile, and answers 2 for who was added.',
  },
  'group_open_http_svc/forbid_send_msg': { repeat: 'once', why: 'Would begin the mute anew.' },
  'group_open_http_svc/get_group_muted_account': READ,
  'group_open_http_svc/get_group_shutted_uin': READ,
  'group_open_http_svc/ban_group_member': { repeat: 'once', why: 'Would begin the ban anew.' },
  'group_open_http_svc/unban_group_member': {
    repeat: 'once',
    why: 'Would lift a ban that was made meanwhile.',
  },
  'group_open_http_svc/get_group_ban_member': READ,
  'group_open_http_svc/send_group_msg': {
    repeat: 'keyed',
    why: 'Equal sends within 5 minutes are one send (rest-2 section 9.4).',
    fill: ['Random'],
    except: body => (body.OnlineOnlyFlag ?? 0) > 0,
  },
  'group_open_http_svc/group_msg_recall': { repeat: 'safe', why: 'What is recalled stays so.' },
  'group_open_http_svc/delete_group_msg_by_sender': {
    repeat: 'once',
    why: 'Would take what the sender wrote meanwhile too.',
  },
  'group_open_http_svc/group_msg_get_simple': READ,
  'group_open_http_svc/clear_group_msg': {
    repeat: 'once',
    why: 'Without MsgSeq it would clear what was written meanwhile too.',
  },
  'openim/modify_group_msg': { repeat: 'once', why: 'Would undo a change that came in between.' },
  'group_open_http_svc/send_group_system_notification': { repeat: 'once', why: 'Would be told twice.' },
  'group_open_http_svc/group_msg_receipt': { repeat: 'safe', why: 'What is read stays read.' },
  'group_open_http_svc/get_group_msg_receipt': READ,
  'group_open_http_svc/get_group_msg_receipt_detail': READ,
  'group_open_http_svc/set_unread_msg_num': {
    repeat: 'once',
    why: 'Would make unread what was read or came meanwhile.',
  },
  'group_open_http_svc/import_group_msg': {
    repeat: 'once',
    why: 'Messages without Random would be stored twice.',
  },
  'openim_msg_ext_http_svc/group_set_key_values': {
    repeat: 'once',
    why: 'Would undo a change that came in between.',
  },
  'openim_msg_ext_http_svc/group_get_key_values': READ,
  'group_open_http_svc/get_online_member_num': READ,
  'group_open_avchatroom_http_svc/get_members': READ,
  'group_open_avchatroom_http_svc/modify_user_info': {
    repeat: 'safe',
    why: 'Sets or takes the same marks again.',
  },
  'group_open_avchatroom_http_svc/modify_admin': {
    repeat: 'safe',
    why: 'Appoints or dismisses the same admins again.',
  },
  'group_open_avchatroom_http_svc/get_admin_list': READ,
  'group_open_avchatroom_http_svc/check_members': READ,
  'group_open_http_svc/send_broadcast_msg': { repeat: 'once', why: 'Would be told twice.' },
  'group_open_attr_http_svc/get_group_attr': READ,
  'group_open_http_svc/set_group_attr': { repeat: 'once', why: 'Would undo a change that came in between.' },
  'group_open_http_svc/modify_group_attr': {
    repeat: 'once',
    why: 'Would undo a change that came in between.',
  },
  'group_open_http_svc/delete_group_attr': {
    repeat: 'once',
    why: 'A repeat answers 10050 for what is deleted.',
  },
  'group_open_http_svc/clear_group_attr': { repeat: 'once', why: 'Would clear what came in between.' },
  'group_open_http_svc/get_group_counter': READ,
  'group_open_http_svc/update_group_counter': { repeat: 'once', why: 'Would count twice.' },
  'group_open_http_svc/delete_group_counter': {
    repeat: 'once',
    why: 'Would delete what was counted in between.',
  },
  'million_group_open_http_svc/create_topic': { repeat: 'once', why: 'Would make a second topic.' },
  'group_open_http_svc/import_topic': { repeat: 'once', why: 'Would make a second topic.' },
  'million_group_open_http_svc/get_topic': READ,
  'million_group_open_http_svc/modify_topic': { repeat: 'safe', why: 'Sets the same values again.' },
  'million_group_open_http_svc/destroy_topic': {
    repeat: 'safe',
    why: 'A repeat answers 110003 for what is destroyed.',
  },
  'group_open_http_svc/create_permission_group': { repeat: 'once', why: 'Would make a second one.' },
  'group_open_http_svc/modify_permission_group': { repeat: 'safe', why: 'Sets the same values again.' },
  'group_open_http_svc/destroy_permission_group': { repeat: 'safe', why: 'What is destroyed stays so.' },
  'group_open_http_svc/get_permission_group': READ,
  'group_open_http_svc/add_topic_permission_group': {
    repeat: 'once',
    why: 'A repeat answers 10004 for what is there.',
  },
  'group_open_http_svc/set_topic_permission_group': { repeat: 'safe', why: 'Sets the same masks again.' },
  'group_open_http_svc/delete_topic_permission_group': {
    repeat: 'once',
    why: 'A repeat answers 10004 for what is gone.',
  },
  'group_open_http_svc/get_topic_permission_group': READ,
  'group_open_http_svc/add_permission_group_member': { repeat: 'safe', why: 'Who is in it stays in it.' },
  'group_open_http_svc/delete_permission_group_member': {
    repeat: 'safe',
    why: 'Who is out of it stays out.',
  },
  'group_open_http_svc/get_permission_group_member_list': READ,
}

/** A call's body as it is sent at each try, and whether that is allowed after an unknown outcome. */
export interface Prepared {
  readonly text: string
  readonly mayRepeat: boolean
}

/** A command that this version doesn't know is sent once. */
export function prepare<C extends RestCommandName>(command: C, body: object): Prepared {
  const rule: RepeatRule<C> | undefined = repeatRules[command]
  const missing = (rule?.fill ?? []).filter(
    field => (body as RestCommands[C]['request'])[field] === undefined,
  )
  const request = { ...body, ...Object.fromEntries(missing.map(field => [field, randomU32()])) }
  const mayRepeat =
    rule !== undefined &&
    rule.repeat !== 'once' &&
    rule.except?.(request as RestCommands[C]['request']) !== true
  return { text: JSON.stringify(request), mayRepeat }
}

export function randomU32(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}
