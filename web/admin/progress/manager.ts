import { useQuery } from '@tanstack/react-query';
import { me } from '../queries.ts';

/** Whether the reader may change what the programme says; the server decides again. */
export const useIsManager = (): boolean => useQuery(me).data?.role === 'manager';
