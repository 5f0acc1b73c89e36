/** A line of progress, beside what is printed for programs. @param {string} line */
export const say = (line) => process.stderr.write(`${line}\n`);
