import type { INodeProperties } from 'n8n-workflow';

import { callIdField, hangUpOptions } from '../../shared/form/followFields';

/** The form of Hang Up. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [{ ...callIdField, required: true }, hangUpOptions];
