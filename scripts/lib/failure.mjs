/** What a thrown thing says. @param {unknown} error @returns {string} */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** What a thrown thing says, with where it was thrown. @param {unknown} error @returns {string} */
export const stackOf = (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** The code of a system error (`EEXIST`), of the error or of its cause. @param {unknown} error @returns {string | undefined} */
export function codeOf(error) {
  for (let fault = error; fault instanceof Error; fault = fault.cause) if ('code' in fault) return String(fault.code);
  return undefined;
}
