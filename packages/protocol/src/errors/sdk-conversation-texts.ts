import type * as codes from './sdk-conversation-codes.ts'
import type { Texts } from './texts.ts'

export const sdkConversationTexts: Texts<typeof codes> = {
  CONVERSATION_NOT_FOUND: ['The conversation does not exist.', 'Check the conversation ID.'],
  TARGET_NOT_FOUND: [
    'The user or group of the conversation does not exist.',
    'Check the ID after `C2C` or `GROUP`.',
  ],
  CONVERSATION_TYPE_UNKNOWN: ['The conversation type is unknown.', 'Use the types that the SDK exports.'],
  CONVERSATION_ID_INVALID: [
    'The conversation ID is malformed.',
    "Use `C2C<userID>`, `GROUP<groupID>` or the system conversation's ID.",
  ],
  SDK_GROUP_TYPE_INVALID: [
    'The group type is not allowed here.',
    'Use one of the group types that the SDK exports.',
  ],
  WORK_GROUP_NO_APPLICATION: ['Work groups take no applications.', 'Let a member add the user.'],
  SDK_GROUP_ID_INVALID: ['The group ID is malformed.', 'Pass a group ID that follows the naming rules.'],
  SDK_GROUP_NOT_FOUND: ['The group does not exist.', 'Check the group ID.'],
  LIVE_ROOM_OWNER_FIXED: [
    'The owner of a live room cannot be changed by clients.',
    'Use another group type, or change the owner over REST.',
  ],
  OWNER_TRANSFER_TO_SELF: [
    'The group cannot be handed to its present owner.',
    'Name another member as the new owner.',
  ],
  WORK_GROUP_NO_DISMISS: ['Work groups cannot be disbanded by clients.', 'Disband the group over REST.'],
  NOT_IN_GROUP: ['The user is not in the group.', 'Join the group first, or refresh the group list.'],
  ATTRIBUTES_TYPE_UNSUPPORTED: [
    'This group type has no group attributes.',
    'Use a group type that has attributes.',
  ],
  ATTRIBUTES_NOT_JOINED: ['Attributes need membership of the live room.', 'Join the live room first.'],
  JOIN_GROUP_FAILED: ['Joining the group failed.', "Check the group's join option and try again."],
  LIVE_ROOM_NO_INVITATION: ['Live rooms take no invited members.', 'Let the users join by themselves.'],
  ANONYMOUS_LIVE_ROOM_ONLY: ['Without login only live rooms can be joined.', 'Log in first.'],
  NOT_GROUP_OWNER: ['The call is open to the group owner only.', 'Let the owner do it.'],
  ROLE_TYPE_UNSUPPORTED: ['This group type has no settable roles.', 'Use a group type with admins.'],
  ROLE_INVALID: ['The role value is invalid.', 'Use the admin or the ordinary member role.'],
  ROLE_OF_SELF: ["One's own role cannot be set.", 'Let the owner set it.'],
  MUTE_SELF: ['One cannot mute oneself.', 'Name another member.'],
  BAN_DURATION_INVALID: ['The ban duration is invalid.', 'Pass a number of seconds above 0.'],
  LIVE_ROOM_UNSUPPORTED: ['The operation does not exist in live rooms.', 'Use another group type for it.'],
  NOT_FRIEND: ['The account is not a friend.', 'Add the friend first.'],
  FRIEND_EXISTS: ['The account is a friend already.', 'Nothing needs to be done.'],
  FRIEND_LIST_NAME_EXISTS: ['A friend list of that name exists.', 'Choose another name.'],
  FRIEND_LIST_NOT_FOUND: ['The friend list does not exist.', 'Check the name, or create the list.'],
  SDK_FRIEND_APPLICATION_NOT_FOUND: [
    'The friend application does not exist.',
    'Refresh the application list.',
  ],
  PROFILE_ARGUMENT_INVALID: [
    'A profile argument is invalid.',
    'Pass the types and values that the profile reference lists.',
  ],
  PROFILE_FIELD_UNKNOWN: [
    'The profile field is unknown.',
    'Use a standard field, or declare the custom field in the console.',
  ],
  BLOCKLIST_SELF: ['One cannot put oneself on the blocklist.', 'Name another account.'],
  TOPIC_ID_INVALID: ['The topic ID is malformed.', 'Pass an ID of the form that topic creation returned.'],
}
