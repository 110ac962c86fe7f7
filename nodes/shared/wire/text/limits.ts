/** The longest reply to a call that is read. Real ones are far shorter, and parsing this much takes no noticeable time. */
export const maxReplyCharacters = 50_000;

/** The longest page of a list that is read. */
export const maxListCharacters = 1_000_000;
