import type { Disposition } from '../shared/calling/contract/callState';

/** How a leg ended, in Enswitch's words. */
export const dispositions: Readonly<Record<string, Disposition>> = {
	answer: 'answered',
	cancel: 'canceled',
	noanswer: 'no_answer',
	busy: 'busy',
	congestion: 'failed',
};
