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
  releases: ['Rilis data mentah', 'Releases of the raw data'],
  releasesText: ['Seluruh hitungan sebagai berkas yang tidak pernah berubah, ditandatangani dan terbukti dari catatan.',
    'The whole count as files that never change, signed and proven by the log.'],
  releasesNewest: ['Terbaru: {name}, {time}.', 'Newest: {name}, {time}.'],
  quota: ['Terbuka untuk siapa saja tanpa permohonan dan tanpa pendaftaran. Periksa terbaru.json paling sering sekali semenit; unduh paling banyak 4 berkas sekaligus; ambil .zst atau .gz bila bisa. Semua berkas boleh dicerminkan:',
    'Open to everybody without asking or registering. Poll terbaru.json at most once a minute; at most 4 downloads at a time; prefer .zst or .gz. Every file may be mirrored:'],
  recount: ['Hitung ulang sendiri', 'Recount it yourself'],
  recount1: ['Unduh wilayah.csv dan tps.csv.', 'Download wilayah.csv and tps.csv.'],
  recount2: ['Jalankan perintah ini; ia tidak memerlukan basis data atau jaringan:', 'Run this command; it needs no database and no network:'],
  recount3: ['Bandingkan hasilnya dengan angka di sini.', 'Compare what it prints with the figures here.'],
  forPrograms: ['Untuk program', 'For programs'],
  apiText: ['Uraian API (OpenAPI)', 'Description of the API (OpenAPI)'],

  publicLog: ['Catatan', 'Log'],
  firstForm: ['Formulir pertama', 'First form'],
  noFigureChanged: ['Tidak ada angka yang berubah', 'No figure changed'],
  whatChanged: ['Yang berubah', 'What changed'],
  byKey: ['kunci', 'key'],
  evidence: ['bukti', 'evidence'],

  proofTitle: ['Bukti', 'Proof'],
  verifying: ['Peramban Anda sedang memeriksa…', 'Your browser is checking…'],
  verdict_ok: ['Terbukti: angka ini ada dalam catatan publik yang ditandatangani.', 'Proven: these figures stand in the signed public log.'],
  verdict_warn: ['Ada dalam catatan publik yang ditandatangani, dengan peringatan di bawah.', 'In the signed public log, with the warning below.'],
  verdict_bad: ['TIDAK COCOK. Angka ini tidak terbukti; simpan halaman ini sebagai bukti dan laporkan.',
    'DOES NOT HOLD. These figures are not proven; keep this page as evidence and report it.'],
  verdict_failed: ['Belum dapat diperiksa: server tidak menjawab.', 'Could not be checked: the server does not answer.'],
  verdict_notSigned: ['Catatan pemilu ini tidak ditandatangani: tidak ada yang dapat dibuktikan.', 'The log of this election is not signed: nothing can be proven.'],
  verdict_noCrypto: ['Peramban hanya dapat memeriksa pada halaman yang datang lewat https. Periksalah dengan rekap-verify.',
    'A browser can check only on a page that came by https. Check with rekap-verify.'],
  verdict_noEd25519: ['Peramban ini belum mengenal tanda tangan Ed25519. Gunakan peramban yang lebih baru atau rekap-verify.',
    'This browser does not know Ed25519 signatures. Use a newer browser or rekap-verify.'],
  stepOk: ['cocok', 'holds'], stepWarn: ['perhatian', 'attention'], stepNone: ['—', '—'], stepBad: ['TIDAK COCOK', 'DOES NOT HOLD'],
  proof_inLog: ['Entri {n} ada di tempatnya dalam catatan {size} entri.', 'Entry {n} stands at its place in the log of {size} entries.'],
  proof_checkpointSigned: ['Catatan itu ditandatangani kunci {who} ({id}).', 'That log is signed by the key of {who} ({id}).'],
  proof_witnessed: ['Disaksikan oleh {n} dari {all} saksi: {who}.', 'Witnessed by {n} of {all} witnesses: {who}.'],
  proof_notWitnessed: ['Baru {n} dari {all} saksi yang ikut menandatangani ({who}); kebijakan meminta lebih banyak.',
    'Only {n} of {all} witnesses have cosigned ({who}); the policy asks for more.'],
  proof_noPolicy: ['Tidak ada saksi: tidak ada yang menjamin bahwa orang lain diperlihatkan catatan yang sama.',
    'There are no witnesses: nobody vouches that others are shown the same log.'],
  proof_firstVisit: ['Peramban ini baru pertama kali melihat catatan ini ({size} entri) dan sekarang mengingatnya.',
    'This browser sees this log for the first time ({size} entries) and remembers it from now on.'],
  proof_sameAsBefore: ['Catatan yang dulu dilihat peramban ini ({from} entri) hanya bertambah, tidak berubah.',
    'The log that this browser saw before ({from} entries) has only grown.'],
  proof_keyChanged: ['Catatan hanya bertambah, tetapi kuncinya diganti oleh entri {n}. Pastikan penggantian itu diumumkan.',
    'The log has only grown, but its key was replaced by entry {n}. Make sure that this was announced.'],
  proof_entrySigned: ['Formulir ditandatangani sebagai {role} dengan kunci {id}.', 'The form is signed as {role} by the key {id}.'],
  proof_batchSigned: ['Formulir termasuk berkas {source} ({forms} formulir, entri {n}), yang ditandatangani sebagai {role} dengan kunci {id}.',
    'The form belongs to the file {source} ({forms} forms, entry {n}), which is signed as {role} by the key {id}.'],
  proof_keysFromLog: ['Semua kunci itu berasal dari catatan sendiri, sampai entri 0.', 'All these keys come from the log itself, back to entry 0.'],
  proof_figuresSame: ['{n} angka di halaman ini sama dengan isi entri.', '{n} figures on this page equal those of the entry.'],
  proof_notInLog: ['Entri {n} tidak ada dalam catatan yang diperlihatkan: isi atau buktinya diubah.', 'Entry {n} is not in the log that is shown: its bytes or its proof were changed.'],
  proof_forked: ['Server memperlihatkan dua catatan yang saling bertentangan.', 'The server shows two logs that contradict each other.'],
  proof_badSignature: ['Tanda tangan {who} pada catatan salah atau tidak ada.', 'The signature of {who} on the log is wrong or missing.'],
  proof_forgotten: ['Catatan yang dulu dilihat peramban ini ({size} entri) bukan awal dari catatan sekarang: riwayatnya diubah.',
    'The log that this browser saw before ({size} entries) does not begin the present one: history was changed.'],
  proof_badEntrySignature: ['Tanda tangan pada entri {n} salah atau tidak ada.', 'The signature on entry {n} is wrong or missing.'],
  proof_unknownKey: ['Kunci {id} tidak berasal dari catatan.', 'The key {id} does not come from the log.'],
  proof_notInBatch: ['Formulir ini bukan bagian dari berkas yang ditandatangani (entri {n}).', 'This form is not part of the signed file (entry {n}).'],
  proof_otherStation: ['Entri {n} bukan formulir TPS ini.', 'Entry {n} is not a form of this station.'],
  proof_otherFigure: ['{field}: halaman ini menunjukkan {shown}, catatan berisi {log}.', '{field}: this page shows {shown}, the log has {log}.'],
  proof_badBytes: ['Data dari server rusak.', 'The data from the server are damaged.'],
  proof_badProof: ['Bukti dari server tidak benar bentuknya.', 'The proof from the server is malformed.'],
  proof_badKey: ['Kunci dari server tidak benar bentuknya.', 'A key from the server is malformed.'],
  proof_badCheckpoint: ['Checkpoint dari server tidak benar bentuknya.', 'The checkpoint from the server is malformed.'],
  proof_badPolicy: ['Kebijakan saksi tidak benar bentuknya.', 'The policy of witnesses is malformed.'],
  proof_badEntry: ['Entri tidak dapat dibaca.', 'The entry cannot be read.'],
  proof_notProven: ['Bukti tidak dapat diperiksa sampai selesai.', 'The proof could not be checked to its end.'],
  proofLimits: ['Yang tidak terlihat peramban: apakah entri ini yang terbaru untuk TPS ini, dan apakah isinya benar. Yang pertama diperiksa rekap-verify dengan membaca seluruh catatan.',
    'What a browser cannot see: whether this is the latest entry of the station, and whether what it says is true. The former is checked by rekap-verify, which reads the whole log.'],
  proofMore: ['Tentang catatan publik', 'About the public log'],

  logTitle: ['Catatan publik', 'The public log'],
  logIntro: ['Semua yang dihitung di sini berasal dari satu catatan yang hanya bertambah. Siapa pun dapat memeriksanya tanpa mempercayai server ini.',
    'Everything counted here comes from one log that only grows. Anyone can check it without trusting this server.'],
  logUnsigned: ['Catatan pemilu ini tidak ditandatangani.', 'The log of this election is not signed.'],
  alarmTitle: ['Ada yang tidak beres dengan catatan ini', 'Something is wrong with this log'],
  alarmText: ['Sampai penyebabnya diketahui, tidak ada lagi yang ditandatangani.', 'Until it is known why, nothing more is signed.'],
  alarm_ahead: ['Saksi {who} telah ikut menandatangani {n} entri; catatan di sini lebih pendek.', 'The witness {who} has cosigned {n} entries; the log here is shorter.'],
  alarm_fork: ['Saksi {who} telah ikut menandatangani {n} entri yang berbeda dari yang ada di sini.', 'The witness {who} has cosigned {n} entries that differ from those here.'],
  alarmSeen: ['Di tempat lain terlihat catatan yang lebih baru atau berbeda.', 'A newer or different log was seen elsewhere.'],
  checkpointTitle: ['Keadaan yang ditandatangani', 'What is signed'],
  logSize: ['Banyak entri', 'Entries'],
  logOrigin: ['Nama catatan', 'Name of the log'],
  logQuorum: ['Saksi', 'Witnesses'],
  quorumYes: ['cukup', 'enough'], quorumNo: ['belum cukup', 'not enough yet'],
  logLater: ['{n} entri sesudahnya sudah ditandatangani dan menunggu saksi.', '{n} later entries are signed and wait for the witnesses.'],
  checkpointText: ['Checkpoint: nama, banyak entri, akar pohon Merkle, lalu tanda tangan.', 'The checkpoint: name, number of entries, root of the Merkle tree, then the signatures.'],
  witnessTitle: ['Saksi', 'Witnesses'],
  witnessIntro: ['Lembaga lain yang ikut menandatangani, hanya bila catatan melanjutkan yang dulu mereka lihat.', 'Other institutions that cosign, only when the log continues what they saw before.'],
  noWitnesses: ['Pemilu ini belum memiliki saksi.', 'This election has no witnesses yet.'],
  witness: ['Saksi', 'Witness'],
  cosignedUpTo: ['Sampai entri', 'Up to entry'],
  witness_ok: ['ikut menandatangani', 'cosigns'], witness_away: ['tidak menjawab', 'does not answer'], witness_refused: ['menolak', 'refuses'],
  witness_ahead: ['melihat lebih banyak', 'has seen more'], witness_fork: ['melihat yang lain', 'has seen another log'], witness_unasked: ['tidak ditanya', 'not asked'],
  since: ['sejak {time}', 'since {time}'],
  witnessAsked: ['Terakhir ditanya {time}.', 'Last asked {time}.'],
  witnessNever: ['Belum pernah ditanya.', 'Not asked yet.'],
  witnessProblem: ['Saksi tidak dapat ditanya: {text}', 'The witnesses could not be asked: {text}'],
  policyText: ['Kebijakan', 'The policy'],
  verifyTitle: ['Periksa sendiri', 'Check it yourself'],
  verifyText: ['rekap-verify membaca seluruh catatan, memeriksa setiap tanda tangan dan menghitung ulang semua jumlah.',
    'rekap-verify reads the whole log, checks every signature and counts all totals again.'],
  verify1: ['Dapatkan kunci dan kebijakan dari tempat lain daripada halaman ini (pengumuman, saksi).', 'Get key and policy from elsewhere than this page (an announcement, a witness).'],
  verify2: ['Jalankan:', 'Run:'],
  verify3: ['Jalankan lagi nanti: ia mengingat apa yang dilihatnya.', 'Run it again later: it remembers what it saw.'],
  verifyStation: ['Halaman setiap TPS memeriksa bukti formulirnya di peramban Anda.', 'The page of each station checks the proof of its form in your browser.'],
  keysTitle: ['Kunci', 'Keys'],
  keysIntro: ['Kunci ditambah, diganti dan dicabut oleh entri dalam catatan sendiri.', 'Keys are added, replaced and revoked by entries of the log itself.'],
  keyName: ['Kunci', 'Key'], keyUse: ['Menandatangani', 'Signs'], keyFrom: ['Berlaku', 'In force'],
  keyCheckpoint: ['catatan (checkpoint)', 'the log (checkpoints)'],
  keyInForce: ['sejak entri {n}', 'since entry {n}'], keyEnded: ['entri {n} sampai {m}', 'entries {n} to {m}'],
  residencyTitle: ['Letak data', 'Where the data lie'],
  residencyIntro: ['Pernyataan harian: setiap tujuan data yang dinyatakan, di samping negara tempat alamatnya terdaftar.',
    'The daily statement: each declared target of data beside the country where its addresses are registered.'],
  outbound: ['Sambungan ke luar: {n} diminta, {m} ditolak karena tidak dinyatakan.', 'Connections to the outside: {n} asked for, {m} refused because they are not declared.'],
  outboundRefused: ['ditolak ({rule}, {kind}), {n} kali, terakhir {time}', 'refused ({rule}, {kind}), {n} times, last {time}'],
  residencyEntry: ['ditandatangani dengan entri {n}', 'signed by entry {n}'],
  keysOthers: ['Ditambah {n} kunci petugas dan perangkat.', 'And {n} keys of officers and devices.'],

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
