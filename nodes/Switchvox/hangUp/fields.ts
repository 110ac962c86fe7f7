import type { INodeProperties } from 'n8n-workflow';

import { hangUpOptions } from '../../shared/form/followFields';
import { referenceFields } from '../reference';

/** The form of Hang Up. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [...referenceFields, hangUpOptions];
