/** The declared custom fields of the app's groups and members. */
export function fieldsAddress(appId: number): string {
  return `/apps/${appId}/groups?view=fields`
}

export function groupAddress(appId: number, groupId?: string): string {
  const room = `/apps/${appId}/groups`
  return groupId === undefined ? room : `${room}?${new URLSearchParams({ id: groupId })}`
}
