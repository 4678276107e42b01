/**
 * Who reads or writes a custom field of groups or members, least first (rest-2 section 2.4). Each includes those behind it;
 * `self`: the member whose field it is, and admins and above; only fields of members have it.
 */
export const FIELD_LEVELS = ['anybody', 'member', 'self', 'admin', 'owner', 'app'] as const
export type FieldLevel = (typeof FIELD_LEVELS)[number]

/** Whose field a declared key is. */
export const FIELD_SUBJECTS = ['group', 'member'] as const
export type FieldSubject = (typeof FIELD_SUBJECTS)[number]
