// Words as length rules count them: `count_words` in src/assay/scoring/rules.py does the same, and a test compares.

// What white space parts. Python's white space has a few control characters more, and not U+FEFF.
const SPACED = /(?:[^\s\x1c-\x1f\x85]|\ufeff)+/gu;
const UNSPACED_SCRIPTS = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

export function countWords(text) {
  let count = 0;
  for (const [part] of text.matchAll(SPACED)) {
    const characters = part.match(UNSPACED_SCRIPTS);
    count += characters ? characters.length : Number(WORD_CHARACTER.test(part));
  }
  return count;
}
