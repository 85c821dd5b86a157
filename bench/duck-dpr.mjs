// The DPR contest on DuckDB in memory: load and recap of five levels, as the presidential one is measured.
//   node - DATADIR THREADS REPS < duck-dpr.mjs     (from a folder where @duckdb/node-api is installed)
// Prints load and recap (wall and CPU ms), the peak memory, and the nation's sums in column order to check.
import { DuckDBInstance } from '@duckdb/node-api';

const [, , dir, threads, reps] = process.argv;
const fields = 215;
const c = Array.from({ length: fields }, (_, i) => `c${i}`);
const columns = "{'kode':'BIGINT','dapil':'USMALLINT'," + c.map((x) => `'${x}':'USMALLINT'`).join(',') + '}';
const sums = c.map((x) => `sum(${x})::BIGINT ${x}`).join(',');
const times = {};

async function timed(name, job) {
  const cpu0 = process.cpuUsage();
  const t0 = performance.now();
  await job();
  const wall = performance.now() - t0;
  const cpu = process.cpuUsage(cpu0);
  (times[name] ??= []).push([wall, (cpu.user + cpu.system) / 1e3]);
}

let nation;
for (let r = 0; r < +reps; r++) {
  const instance = await DuckDBInstance.create(':memory:', { threads });
  const db = await instance.connect();
  await timed('load', () => db.run(`CREATE TABLE tps AS SELECT * FROM read_csv('${dir}/dpr.csv', header=true,
      auto_detect=false, delim=',', quote='', escape='', columns=${columns})`));
  await timed('recap', async () => {
    await db.run('BEGIN');
    await db.run(`CREATE TABLE rekap AS SELECT kode//1000 kode, 4::TINYINT tingkat, count(*)::BIGINT n, ${sums} FROM tps GROUP BY 1`);
    for (const [level, cut] of [[3, 10000], [2, 100], [1, 100]])
      await db.run(`INSERT INTO rekap SELECT kode//${cut}, ${level}, sum(n)::BIGINT, ${sums} FROM rekap WHERE tingkat=${level + 1} GROUP BY 1`);
    await db.run(`INSERT INTO rekap SELECT 0, 0, sum(n)::BIGINT, ${sums} FROM rekap WHERE tingkat=1`);
    await db.run('COMMIT');
  });
  nation = (await db.runAndReadAll(`SELECT n, ${c.join(',')} FROM rekap WHERE tingkat=0`)).getRows()[0];
  db.closeSync();
  instance.closeSync();
}
const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
for (const [name, t] of Object.entries(times)) {
  const wall = t.map((x) => x[0]);
  const cpu = t.map((x) => x[1]);
  console.log('mem th', threads, name, 'wall med', median(wall).toFixed(1), 'min', Math.min(...wall).toFixed(1),
    'cpu med', median(cpu).toFixed(1), 'min', Math.min(...cpu).toFixed(1));
}
console.log('rss_MB', Math.round(process.resourceUsage().maxRSS / 1024));
console.log('nation', nation.map((x) => String(x ?? 0)).join(','));
process.exit(0);
