/** No vendor's reply to a call comes near this, and the worst text of this length is read at once. */
export const maxReplyCharacters = 50_000;

/** The same for a page of a list, which no call waits for. */
export const maxListCharacters = 1_000_000;
