export function groupAddress(appId: number, groupId?: string): string {
  const room = `/apps/${appId}/groups`
  return groupId === undefined ? room : `${room}?${new URLSearchParams({ id: groupId })}`
}
