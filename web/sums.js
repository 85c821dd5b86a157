// The sums of a contest's rules (docs/format/kontes.md) over figures as they were read: which hold, which do
// not, and which cannot be made because a figure of them is missing. Nothing here changes a figure.

// "a = b + c" and nothing else: other comparisons say what is plausible, not what must add up.
const sidesOf = (check) => (/[<>]|tiap\(/.test(check) ? null : check.split('=').map((side) => side.split('+').map((t) => t.trim())));

// A term's value, and the figures it rests on; value null: not all of them are written.
function valueOf(term, figures, choices) {
  const [, times, name] = /^(?:(\d+)\s+)?(.+)$/.exec(term);
  const by = Number(times ?? 1);
  if (/^\d+$/.test(name)) return { value: by * Number(name), fields: [] };
  const have = (field) => figures.get(field) ?? null;
  if (name === 'jumlah(pilihan)') {
    const fields = choices.map((c) => `suara_${c.kode}`);
    const written = fields.map(have).filter((v) => v !== null);
    const open = written.length === 0 || fields.some((f) => !figures.has(f)); // not read is not blank
    return { value: open ? null : by * written.reduce((a, v) => a + v, 0), fields };
  }
  if (figures.has(name)) return { value: have(name) === null ? null : by * have(name), fields: [name] };
  if (have(`${name}_j`) !== null) return { value: by * have(`${name}_j`), fields: [`${name}_j`] };
  const [l, p] = [have(`${name}_l`), have(`${name}_p`)];
  return { value: l === null || p === null ? null : by * (l + p), fields: [`${name}_l`, `${name}_p`] };
}

// figures: Map(field -> value, null = nothing is written); a figure that was not read is not in it.
// -> [{rule, fields, left, right, state: 'holds', 'broken' or 'open'}]
export function sumsOf(contest, choices, figures) {
  const whole = choices.filter((c) => !String(c.kode).includes('.'));
  if (whole.length < choices.length) return []; // parties with candidates: a choice there has several cells
  return (contest.aturan ?? []).flatMap((rule) => rule.cek.map(sidesOf).filter((s) => s?.length === 2).map((sides) => {
    const [left, right] = sides.map((terms) => terms.map((term) => valueOf(term, figures, whole)));
    const total = (side) => (side.some((t) => t.value === null) ? null : side.reduce((a, t) => a + t.value, 0));
    const [a, b] = [total(left), total(right)];
    return { rule, left: a, right: b, fields: [...left, ...right].flatMap((t) => t.fields),
      state: a === null || b === null ? 'open' : a === b ? 'holds' : 'broken' };
  }));
}
