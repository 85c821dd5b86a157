// The sums of a contest's rules (docs/format/kontes.md) over figures as they were read: which hold, which do
// not, and which cannot be made because a figure of them is missing. Nothing here changes a figure.

// "a = b + c" and nothing else: other comparisons say what is plausible, not what must add up. A party's written total
// against its cells comes as "jumlah_suara_1 = jumlah suara partai dan calonnya".
function sidesOf(check) {
  const party = /^(jumlah_suara_(\S+)) = jumlah suara partai/.exec(check);
  if (party) return [[party[1]], [`partai(${party[2]})`]];
  return /[<>]|tiap\(/.test(check) ? null : check.split('=').map((side) => side.split('+').map((t) => t.trim()));
}

// Cells where a blank one adds nothing; `needed` must be written. One that was not read is not blank.
function cellsOf(codes, figures, needed) {
  const fields = codes.map((code) => `suara_${code}`);
  const values = fields.map((f) => figures.get(f) ?? null);
  const open = fields.some((f) => !figures.has(f)) || (needed ? values[codes.indexOf(needed)] === null : values.every((v) => v === null));
  return { value: open ? null : values.reduce((a, v) => a + (v ?? 0), 0), fields };
}

// A term's value, and the figures it rests on; value null: not all of them are written.
function valueOf(term, figures, choices) {
  const [, times, name] = /^(?:(\d+)\s+)?(.+)$/.exec(term);
  const by = Number(times ?? 1);
  if (/^\d+$/.test(name)) return { value: by * Number(name), fields: [] };
  const have = (field) => figures.get(field) ?? null;
  const codes = choices.map((c) => String(c.kode));
  const party = /^partai\((.+)\)$/.exec(name)?.[1];
  if (party) return cellsOf(codes.filter((c) => c === party || c.startsWith(`${party}.`)), figures, party);
  if (name === 'jumlah(pilihan)') return cellsOf(codes, figures, null);
  if (figures.has(name)) return { value: have(name) === null ? null : by * have(name), fields: [name] };
  if (have(`${name}_j`) !== null) return { value: by * have(`${name}_j`), fields: [`${name}_j`] };
  const [l, p] = [have(`${name}_l`), have(`${name}_p`)];
  return { value: l === null || p === null ? null : by * (l + p), fields: [`${name}_l`, `${name}_p`] };
}

// figures: Map(field -> value, null = nothing is written); a figure that was not read is not in it.
// -> [{rule, fields, left, right, state: 'holds', 'broken' or 'open'}]
export function sumsOf(contest, choices, figures) {
  return (contest.aturan ?? []).flatMap((rule) => rule.cek.map(sidesOf).filter((s) => s?.length === 2).map((sides) => {
    const [left, right] = sides.map((terms) => terms.map((term) => valueOf(term, figures, choices)));
    const total = (side) => (side.some((t) => t.value === null) ? null : side.reduce((a, t) => a + t.value, 0));
    const [a, b] = [total(left), total(right)];
    return { rule, left: a, right: b, fields: [...left, ...right].flatMap((t) => t.fields),
      state: a === null || b === null ? 'open' : a === b ? 'holds' : 'broken' };
  }));
}
