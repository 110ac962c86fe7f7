import type { INodeProperties } from 'n8n-workflow';

import { callIdField, getOptions } from '../../shared/form/followFields';

/** The form of Get. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [{ ...callIdField, required: true }, getOptions];
