/** How those are called whose goals, targets or discounts these are. */
export const ownerColumn = {
  participant: 'admin.column.participant',
  outlet: 'admin.column.outlet',
  partner: 'admin.column.owner',
} as const;
