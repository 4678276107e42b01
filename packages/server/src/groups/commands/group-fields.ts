import Type from 'typebox'

/** Fields that several group commands have; sources in rest-2 sections 2 and 4 to 7. */

export const groupId = Type.String({ minLength: 1, description: 'Id of the group.' })
export const userId = Type.String({ minLength: 1, description: 'UserID.' })
export const operator = Type.Optional(
  Type.String({ minLength: 1, description: 'UserID that tips and notices show as the one who did it.' }),
)
export const type = Type.String({
  minLength: 1,
  description: '`Private` (also `Work`), `Public`, `ChatRoom` (also `Meeting`), `AVChatRoom` or `Community`.',
})
export const silence = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 1, description: '1: nobody is told.', fromText: true }),
)
export const permissionMask = Type.Union(
  [Type.Integer({ minimum: 0 }), Type.String({ minLength: 1, maxLength: 20 })],
  { description: 'Mask of 64 bits (rest-2 section 2.8); beyond 2^53 as decimal or 0x text.' },
)
/** Of a community with topics. */
export const permissionFields = {
  EnablePermission: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1,
      fromText: true,
      description:
        '1: masks of permission groups say who may do what, and admins have no powers of their own.',
    }),
  ),
  DefaultPermission: Type.Optional(permissionMask),
}
export const groupName = Type.String({ description: 'Name of the group.' })

export const texts = {
  Introduction: Type.Optional(Type.String({ description: 'What the group is about.' })),
  Notification: Type.Optional(Type.String({ description: 'What everybody in the group shall read.' })),
  FaceUrl: Type.Optional(Type.String({ description: 'Address of the avatar.' })),
}

const applyOption = Type.Union(
  [Type.Literal('FreeAccess'), Type.Literal('NeedPermission'), Type.Literal('DisableApply')],
  { description: 'Who wants to join may, has to be approved, or may not.' },
)
const inviteOption = Type.Union(
  [Type.Literal('FreeAccess'), Type.Literal('NeedPermission'), Type.Literal('DisableInvite')],
  { description: 'Members may invite, may with an approval, or may not.' },
)

export const options = {
  ApplyJoinOption: Type.Optional(applyOption),
  InviteJoinOption: Type.Optional(inviteOption),
}

export const onOff = (description: string) =>
  Type.Union([Type.Literal('On'), Type.Literal('Off')], { description })

export const customField = Type.Object({
  Key: Type.String({ description: 'Name of the field: up to 16 of A-Z, a-z, 0-9, _.' }),
  Value: Type.String({ description: 'Its value; empty takes the field away.' }),
})
export const groupCustom = Type.Array(customField, { description: 'Custom fields of the group.' })
export const memberCustom = Type.Array(customField, { description: 'Custom fields of the member.' })

export const receiveOption = Type.Union(
  [
    Type.Literal('AcceptAndNotify'),
    Type.Literal('AcceptNotNotify'),
    Type.Literal('Discard'),
    Type.Literal('AcceptNotNotifyExceptAt'),
    Type.Literal('NotReceiveMsgExceptAt'),
  ],
  { description: 'What becomes of messages of the group (rest-2 section 2.5).' },
)

/** Seconds as u32; 4294967295 = for ever. */
export const seconds = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 4_294_967_295, description, fromText: true })

export const count = (max: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: max, description, fromText: true })

export const names = (description: string) => Type.Array(Type.String(), { description })

export const accounts = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description })

export const memberResult = Type.Object({
  Member_Account: userId,
  Result: Type.Integer({
    description:
      '0 failed, 1 added, 2 was a member, 3 waits for an approval or consent, 4 is in too many groups.',
  }),
})

/** Bounds of one call that no setting moves (rest-2 sections 4.3, 5 and 7). */
export const CALL_BOUNDS = { groups: 50, namedMembers: 50, roles: 500, mutes: 500, bans: 20 } as const
