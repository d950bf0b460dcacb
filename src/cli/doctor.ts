export const summary = 'x';
export const usage = 'x';
export async function run(): Promise<number> {
  return 0;
}
