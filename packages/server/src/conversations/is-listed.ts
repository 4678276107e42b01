/** What decides whether a conversation stands in its owner's list. */
export interface Listing {
  readonly pinned_ms: number
  /** The list does not show it up to this number: −1 it was never deleted from the list. */
  readonly hidden_seq: number
}

export interface GroupListing {
  /** ≥ 0: the owner left. */
  readonly to_seq: number
  readonly community_no: number | null
  readonly support_topic: number | null
}

/** Groups that one is in stand in the list before their first message; topics and their communities do not. */
export function isListedFromStart({ to_seq, community_no, support_topic }: GroupListing): boolean {
  return to_seq < 0 && !community_no && !support_topic
}

/** @param shownSeq number of the message that the list shows, 0 for none */
export function isListed(row: Listing, shownSeq: number, group?: GroupListing): boolean {
  if (row.pinned_ms > 0) return true
  const hiddenUpTo = group && isListedFromStart(group) ? row.hidden_seq : Math.max(row.hidden_seq, 0)
  return shownSeq > hiddenUpTo
}
