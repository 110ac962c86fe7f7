import type { INodeProperties } from 'n8n-workflow';

import { getOptions } from '../../shared/form/followFields';
import { referenceFields } from '../reference';

/** The form of Get. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [...referenceFields, getOptions];
