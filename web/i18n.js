// The words of the portal in Indonesian and English. The figures of the form keep their names in both.

const WORDS = {
  skip: ['Lompat ke isi', 'Skip to content'],
  elections: ['Pemilu', 'Elections'],
  pages: ['Halaman', 'Pages'],
  contests: ['Kontes', 'Contests'],
  loading: ['Memuat…', 'Loading…'],
  loaded: ['Termuat: {what}', 'Loaded: {what}'],
  footer: ['Hitungan dari formulir TPS, bukan penetapan. Hasil yang sah ditetapkan dalam rapat pleno KPU.',
    'A count of the stations’ forms, not a declaration. The lawful result is decided in KPU’s plenary meetings.'],
  logState: ['Catatan sampai entri {n}, {time}', 'Log up to entry {n}, {time}'],
  results: ['Hasil', 'Results'],
  findings: ['Temuan', 'Findings'],
  comparison: ['Banding', 'Comparison'],
  downloads: ['Unduh', 'Downloads'],
  searchLabel: ['Cari wilayah', 'Search regions'],
  searchHint: ['Cari wilayah atau kode TPS', 'Search a region or TPS code'],
  searchNone: ['Tidak ada wilayah bernama “{q}”', 'No region named “{q}”'],
  searchFound: ['{n} wilayah ditemukan', '{n} regions found'],
  searchFailed: ['Pencarian gagal', 'The search failed'],
  path: ['Letak wilayah', 'Where this is'],

  level0: ['Nasional', 'Nation'], level1: ['Provinsi', 'Province'], level2: ['Kabupaten/kota', 'Regency/city'],
  level3: ['Kecamatan', 'District'], level4: ['Desa/kelurahan', 'Village'], level5: ['TPS', 'Station (TPS)'],
  childrenOf0: ['Per provinsi', 'By province'], childrenOf1: ['Per kabupaten/kota', 'By regency/city'],
  childrenOf2: ['Per kecamatan', 'By district'], childrenOf3: ['Per desa/kelurahan', 'By village'],
  childrenOf4: ['Per TPS', 'By station (TPS)'],

  votesOfChoices: ['Perolehan suara', 'Votes'],
  ofVotes: ['Persen dari {n} suara untuk semua calon pada formulir yang masuk.',
    'Shares of the {n} votes for all candidates on the forms that are in.'],
  votes: ['suara', 'votes'],
  noVotes: ['Belum ada data', 'No data yet'],
  noVotesLong: ['Belum ada suara yang masuk dari wilayah ini.', 'No votes are in from this region yet.'],
  choicesDiffer: ['Calon di kontes ini berbeda menurut daerah pemilihan. Pilih wilayah di bawah.',
    'The candidates of this contest differ by electoral district. Choose a region below.'],
  partyVotes: ['Suara partai dan calon', 'Party and candidate votes'],
  coverage: ['Cakupan', 'Coverage'],
  coverageText: ['{in} dari {all} TPS ({pct})', '{in} of {all} stations ({pct})'],
  withVotes: ['TPS dengan suara', 'Stations with votes'],
  withoutVotes: ['Formulir ada, suara belum', 'Form in, votes not'],
  withoutForm: ['Belum ada formulir', 'No form yet'],
  needReview: ['TPS perlu diperiksa', 'Stations to review'],
  needReviewHelp: ['Formulirnya melanggar sekurangnya satu aturan. Angkanya tetap dihitung seperti tertulis.',
    'Their forms break at least one rule. The figures are counted as written all the same.'],
  showFindings: ['Lihat temuan', 'Show findings'],
  incomplete: ['Belum lengkap: {pct} TPS sudah masuk. Angka di halaman ini adalah jumlah dari yang ada, bukan hasil.',
    'Not complete: {pct} of the stations are in. The figures here are sums of what is there, not a result.'],
  emptyChildren: ['{n} dari {all} wilayah di bawahnya belum ada data.', '{n} of the {all} regions below have no data yet.'],
  emptyNames: ['Belum ada data: {names}.', 'No data yet: {names}.'],
  ballots: ['Jumlah suara', 'Vote totals'],
  asWritten: ['Angka dijumlahkan seperti tertulis pada formulir.', 'Figures are added as written on the forms.'],
  gapValid: ['Suara semua calon dan suara sah berselisih {n}: ada formulir yang tidak cocok atau tidak lengkap.',
    'The candidates’ votes and the valid votes differ by {n}: some forms are inconsistent or incomplete.'],
  gapTotal: ['Sah + tidak sah dan total berselisih {n}.', 'Valid + invalid and the total differ by {n}.'],
  otherFigures: ['Angka lain pada formulir, dijumlahkan', 'Other figures of the forms, added up'],
  figure: ['Isian', 'Figure'],

  name: ['Wilayah', 'Region'],
  total: ['Suara total', 'Total votes'],
  review: ['Diperiksa', 'Review'],
  state: ['Keadaan', 'State'],
  sortBy: ['Urutkan', 'Sort by'],
  sortOrder: ['Kode', 'Code'],
  ascending: ['Naik', 'Ascending'],
  descending: ['Turun', 'Descending'],
  shareOf: ['Suara {who}', 'Votes for {who}'],
  reviewCount: ['{n} TPS perlu diperiksa', '{n} stations to review'],
  childNote: ['Pilih nama untuk masuk lebih dalam. Judul kolom mengurutkan.', 'Choose a name to go deeper. Column titles sort.'],
  childNotePhone: ['Pilih nama untuk masuk lebih dalam.', 'Choose a name to go deeper.'],
  leading: ['Terbanyak', 'Leading'],
  noChildren: ['Tidak ada wilayah di bawahnya pada data ini.', 'There are no regions below in these data.'],

  kosong: ['Belum ada formulir', 'No form yet'],
  diterima: ['Formulir ada, suara belum', 'Form in, votes not'],
  masuk: ['Suara masuk', 'Votes in'],
  toReview: ['Perlu diperiksa', 'To review'],
  consistent: ['Tidak ada temuan', 'No findings'],
  noForm: ['Belum ada formulir dari TPS ini. Kosong bukan berarti nol.', 'There is no form from this station yet. Empty does not mean zero.'],
  revote: ['Pemungutan suara ulang, susulan atau lanjutan: {psu}', 'Repeated, follow-up or continued voting: {psu}'],
  generation: ['Pemungutan suara ke-{n} di TPS ini.', 'Vote number {n} at this station.'],
  figures: ['Angka seperti tertulis', 'Figures as written'],
  notWritten: ['tidak tertulis', 'not written'],
  notWrittenNote: ['— = tidak tertulis pada formulir; bukan nol.', '— = not written on the form; not zero.'],
  men: ['L', 'M'], women: ['P', 'F'], both: ['J', 'Total'],
  menLong: ['laki-laki', 'men'], womenLong: ['perempuan', 'women'], bothLong: ['jumlah', 'total'],
  groupVoters: ['Pemilih dan pengguna hak pilih', 'Roll and voters'],
  groupBallots: ['Surat suara', 'Ballot papers'],
  groupVotes: ['Suara', 'Votes'],
  groupOther: ['Lainnya', 'Other'],
  flagged: ['ada temuan', 'has a finding'],
  findingsHere: ['Temuan pada formulir ini', 'Findings on this form'],
  noFindingsHere: ['Angka pada formulir ini tidak melanggar satu aturan pun.', 'The figures of this form break no rule.'],
  expectedWritten: ['{field}: tertulis {found}, seharusnya {expected}.', '{field}: written {found}, expected {expected}.'],
  severityE: ['Kesalahan', 'Contradiction'], severityW: ['Peringatan', 'Doubtful'], severityI: ['Catatan', 'Note'],
  photos: ['Foto formulir', 'Photos of the form'],
  photo: ['Foto halaman {n}', 'Photo of page {n}'],
  photoNone: ['Foto halaman {n}: tidak ada', 'Photo of page {n}: none'],
  noPhotos: ['Sumber tidak menyebut foto.', 'The source names no photo.'],
  history: ['Riwayat', 'History'],
  historyNote: ['Setiap perubahan adalah entri baru; yang lama tidak pernah dihapus.', 'Every change is a new entry; the old one is never erased.'],
  noHistory: ['Belum ada entri.', 'No entries yet.'],
  entry: ['Entri', 'Entry'], when: ['Waktu', 'Time'], role: ['Peran', 'Role'], source: ['Sumber', 'Source'], reason: ['Alasan', 'Reason'],
  stationCode: ['Kode TPS {code}', 'TPS code {code}'],
  regionCode: ['kode {code}', 'code {code}'],
  dapil: ['Daerah pemilihan {code}', 'Electoral district {code}'],
  entryNo: ['entri {n}', 'entry {n}'],

  outcomeTitle: ['Menurut undang-undang', 'What the law makes of it'],
  outcomeIntro: ['Setiap seri dihitung sendiri-sendiri. Yang tidak lengkap tidak diputuskan.',
    'Each series is worked out by itself. What is not complete is not decided.'],
  outcomeStations: ['Dasar: {in} dari {all} TPS, sampai entri {n}.', 'Rests on {in} of {all} stations, up to entry {n}.'],
  outcomePartial: ['{n} TPS di antaranya menulis sebagian pilihan saja.', '{n} of these stations wrote only some of the choices.'],
  outcomeOfficial: ['Dasar: angka resmi yang dimuat pada entri {n}; provinsi dengan angka: {known} dari {all}.',
    'Rests on the official figures loaded at entry {n}; provinces with figures: {known} of {all}.'],
  outcomeSpread: ['≥ 20% di {n} provinsi (perlu {need})', '≥ 20% in {n} provinces ({need} needed)'],
  verdict_belum: ['Belum diputuskan', 'Not decided'],
  verdict_terpilih: ['Terpilih: {who}', 'Elected: {who}'],
  'verdict_putaran-kedua': ['Putaran kedua: {who}', 'Run-off: {who}'],
  verdict_seri: ['Suara sama', 'Equal votes'],
  turnout: ['Partisipasi', 'Turnout'],
  invalidShare: ['Suara tidak sah', 'Invalid votes'],
  shareInputs: ['{part} / {whole} ({names}), dari {n} TPS yang menulis keduanya',
    '{part} / {whole} ({names}), over the {n} stations that wrote both'],
  sharesTitle: ['Partisipasi dan suara tidak sah', 'Turnout and invalid votes'],
  lawIs: ['Hukum: {law}', 'Law: {law}'],
  seatsTitle: ['Kursi', 'Seats'],
  seatsIntro: ['Metode {method}, ambang batas {pct}, dari {n} suara.', 'Method {method}, threshold {pct}, of {n} votes.'],
  seatsIncomplete: ['Belum lengkap: ini bukan pembagian kursi, hanya hitungan atas suara yang sudah masuk.',
    'Not complete: this is no giving-out of seats, only arithmetic on the votes that are in.'],
  seatsOpen: ['{n} kursi belum terbagi.', '{n} seats are left open.'],
  seatsOf: ['Kursi per dapil', 'Seats by district'],
  party: ['Partai', 'Party'], seats: ['Kursi', 'Seats'], share: ['Bagian', 'Share'],
  belowThreshold: ['di bawah ambang', 'below the threshold'],
  lastSeat: ['Kursi terakhir', 'Last seat'],
  lastSeatText: ['{who}, boleh kehilangan {lose} suara; {next} kurang {lack}', '{who}, can lose {lose} votes; {next} lacks {lack}'],

  findingsTitle: ['Temuan', 'Findings'],
  findingsIntro: ['Formulir yang angkanya tidak cocok satu sama lain. Tidak ada yang diperbaiki: angka dihitung seperti tertulis, dan ditandai.',
    'Forms whose figures do not agree with each other. Nothing is repaired: figures are counted as written, and marked.'],
  rule: ['Aturan', 'Rule'], allRules: ['Semua aturan', 'All rules'],
  region: ['Wilayah', 'Region'], wholeNation: ['Seluruh Indonesia', 'The whole nation'],
  chooseRegion: ['Batasi ke wilayah', 'Limit to a region'],
  remove: ['Hapus {what}', 'Remove {what}'],
  station: ['TPS', 'Station'], expected: ['Seharusnya', 'Expected'], found: ['Tertulis', 'Written'],
  findingsCount: ['{n} temuan', '{n} findings'],
  range: ['{from}–{to} dari {n}', '{from}–{to} of {n}'],
  previous: ['Sebelumnya', 'Previous'], next: ['Berikutnya', 'Next'], paging: ['Halaman temuan', 'Pages of findings'],
  noFindings: ['Tidak ada temuan untuk pilihan ini.', 'No findings for this choice.'],
  perRule: ['Temuan menurut aturan', 'Findings by rule'],
  count: ['Banyak', 'Count'],
  otherRules: ['{n} aturan lain', '{n} other rules'],
  checks: ['Yang diperiksa', 'What is checked'],

  comparisonTitle: ['Banding dengan angka resmi', 'Beside the official figures'],
  comparisonIntro: ['Angka resmi berdiri sendiri di samping hitungan. Keduanya tidak pernah dicampur; selisih = hitungan − resmi.',
    'The official figures stand beside the count. The two are never mixed; difference = count − official.'],
  official: ['Resmi', 'Official'], counted: ['Hitungan', 'Count'], difference: ['Selisih', 'Difference'],
  noComparison: ['Belum ada angka resmi yang dimuat untuk kontes ini.', 'No official figures have been loaded for this contest.'],
  sumOfRows: ['Jumlah {n} baris', 'Sum of {n} rows'],

  downloadsTitle: ['Unduh dan hitung ulang', 'Download and recount'],
  downloadsIntro: ['Semua yang terlihat di sini dapat diunduh dan dihitung ulang oleh siapa pun.',
    'Everything seen here can be downloaded and recounted by anyone.'],
  fileTree: ['Daftar wilayah dan TPS', 'Regions and stations'],
  fileForms: ['Formulir setiap TPS, seperti tertulis', 'Every station’s form, as written'],
  fileTotals: ['Jumlah semua tingkat', 'Totals of all levels'],
  fileTotalsOf: ['Jumlah per {level}', 'Totals by {level}'],
  fileFindings: ['Semua temuan', 'Every finding'],
  fileComparison: ['Banding dengan angka resmi', 'The comparison with official figures'],
  files: ['Berkas CSV', 'CSV files'],
  recount: ['Hitung ulang sendiri', 'Recount it yourself'],
  recount1: ['Unduh wilayah.csv dan tps.csv.', 'Download wilayah.csv and tps.csv.'],
  recount2: ['Jalankan perintah ini; ia tidak memerlukan basis data atau jaringan:', 'Run this command; it needs no database and no network:'],
  recount3: ['Bandingkan hasilnya dengan angka di sini.', 'Compare what it prints with the figures here.'],
  forPrograms: ['Untuk program', 'For programs'],
  apiText: ['Uraian API (OpenAPI)', 'Description of the API (OpenAPI)'],

  notFound: ['Tidak ditemukan', 'Not found'],
  notFoundText: ['Alamat ini tidak menunjuk wilayah, TPS atau halaman mana pun.', 'This address names no region, station or page.'],
  failed: ['Data tidak dapat dimuat', 'The data could not be loaded'],
  failedText: ['Periksa sambungan, lalu coba lagi.', 'Check your connection, then try again.'],
  busyText: ['Server sedang sibuk atau baru mulai. Coba lagi sebentar.', 'The server is busy or starting. Try again in a moment.'],
  retry: ['Coba lagi', 'Try again'],
  backToNation: ['Ke hasil nasional', 'To the national results'],
  asOfNote: ['Keadaan sampai entri {n}, bukan yang terbaru.', 'As of entry {n}, not the latest.'],
  toLatest: ['Lihat yang terbaru', 'Show the latest'],
};

const FIELDS = {
  pemilih_dpt: ['Pemilih dalam DPT', 'Voters on the roll (DPT)'],
  pengguna_dpt: ['Pengguna hak pilih dalam DPT', 'Voted, on the roll (DPT)'],
  pengguna_dptb: ['Pengguna hak pilih pindahan (DPTb)', 'Voted, moved here (DPTb)'],
  pengguna_non_dpt: ['Pengguna hak pilih khusus (DPK)', 'Voted, off the roll (DPK)'],
  pengguna_total: ['Jumlah pengguna hak pilih', 'All who voted'],
  disabilitas: ['Pemilih disabilitas', 'Disabled voters'],
  surat_suara_diterima: ['Surat suara diterima', 'Ballots received'],
  surat_suara_digunakan: ['Surat suara digunakan', 'Ballots used'],
  surat_suara_dikembalikan: ['Surat suara dikembalikan (rusak)', 'Ballots returned (spoilt)'],
  surat_suara_tidak_digunakan: ['Surat suara tidak digunakan', 'Ballots unused'],
  suara_sah: ['Suara sah', 'Valid votes'],
  suara_tidak_sah: ['Suara tidak sah', 'Invalid votes'],
  suara_total: ['Jumlah suara sah dan tidak sah', 'Valid and invalid votes together'],
};

const KEY = 'rekap-bahasa';
let current = stored() === 'en' ? 'en' : 'id';

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage refused: the choice lasts as long as the page
  }
}

export const language = () => current;

export function setLanguage(lang) {
  current = lang === 'en' ? 'en' : 'id';
  try {
    localStorage.setItem(KEY, current);
  } catch {
    // see stored()
  }
}

const pick = (both) => both[current === 'en' ? 1 : 0];

export function t(key, values = {}) {
  return pick(WORDS[key] ?? [key, key]).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

// {id, en} of the API.
export const named = (both, otherwise = '') => both?.[current] || both?.id || both?.en || otherwise;

export const SUFFIX = { l: 'men', p: 'women', j: 'both' };

// 'pemilih_dpt_l' -> {stem: 'pemilih_dpt', part: 'l'}; figures without L/P/J have no part.
export function splitField(field) {
  const m = /^(.+)_([lpj])$/.exec(field);
  return m && FIELDS[m[1]] ? { stem: m[1], part: m[2] } : { stem: field, part: null };
}

export const fieldStem = (stem) => (FIELDS[stem] ? pick(FIELDS[stem]) : stem.replaceAll('_', ' '));

// A figure in words; `choices` gives the names of suara_<code>.
export function fieldName(field, choices = []) {
  const choice = choices.find((c) => field === `suara_${c.kode}`);
  if (choice) return `${t('votesOfChoices')} ${String(choice.nomor ?? choice.kode).padStart(2, '0')} ${choice.nama}`;
  const { stem, part } = splitField(field ?? '');
  return part ? `${fieldStem(stem)}, ${t(`${SUFFIX[part]}Long`)}` : fieldStem(stem);
}

export const levelName = (level) => t(`level${level}`);

// What stands in index.html: data-t = text, data-t-label = aria-label, data-t-placeholder.
export function translatePage() {
  document.documentElement.lang = current;
  for (const el of document.querySelectorAll('[data-t]')) el.textContent = t(el.dataset.t);
  for (const el of document.querySelectorAll('[data-t-label]')) el.setAttribute('aria-label', t(el.dataset.tLabel));
  for (const el of document.querySelectorAll('[data-t-placeholder]')) el.placeholder = t(el.dataset.tPlaceholder);
  for (const el of document.querySelectorAll('button[data-lang]')) el.setAttribute('aria-pressed', String(el.dataset.lang === current));
}
