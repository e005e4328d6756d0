/** Whether something that is written with a last day still counts; the day itself is in, in UTC. */
export function stillCounts({ until }: { readonly until: string }, today: Date): boolean {
  return today.toISOString().slice(0, 10) <= until;
}
