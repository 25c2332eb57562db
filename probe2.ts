import path from 'node:path';
import { readdirSync } from 'node:fs';
import { openOrders } from '#main/query/orders-for-views.ts';
import { createViewEngine } from '#main/query/view-engine.ts';
import { listFacets } from '#main/query/facets.ts';
import { makeTimeline } from '#main/query/timeline.ts';
import { createSharedColumns, openColumns } from '#main/store/sqlite/columns/columns.ts';
import { openReader } from '#main/store/sqlite/database.ts';
import { openDictionaries } from '#main/store/sqlite/dictionaries.ts';
import { openEntryReader } from '#main/store/sqlite/entry-reader.ts';
import { eventIdAt } from '#main/store/sqlite/index-folder.ts';
import { createSearchState, openSearchIndex } from '#main/store/sqlite/search/search-index.ts';
import { parseQuery } from '#shared/query/parse.ts';
const data = process.argv[2]!;
const file = path.join(data, 'ledger.db');
const indexes = path.join(data, 'index', readdirSync(path.join(data, 'index'))[0]!);
const go = () => false;
const db = openReader(file, 'mapped');
const columns = openColumns(db, createSharedColumns(), indexes, go);
const dictionaries = openDictionaries(db);
const search = openSearchIndex(indexes, createSearchState(), (id: number) => eventIdAt(db, id), go);
const reader = openEntryReader(db, dictionaries);
const orders = openOrders({ db, folder: indexes, columns, shouldStop: go } as never);
const mk = () => createViewEngine({ db, columns, dictionaries, search, orders, reader, shouldStop: go, clock: () => Date.now() * 1000 } as never);
let views = mk();
const cpu = () => { const u = process.threadCpuUsage(); return (u.user + u.system) / 1000; };
let quiet = true;
const t = (label: string, f: () => unknown) => { const a = cpu(); const r = f(); if (!quiet) console.log((cpu() - a).toFixed(1).padStart(9), label, JSON.stringify(r)?.slice(0, 90) ?? ''); return r; };
const view = (q: string, column = 'id', descending = true) => ({ query: parseQuery(q), sort: { column, descending }, reading: { zone: 'UTC', ignoreAccents: true }, newestId: null, now: null }) as never;

for (const [q,c] of [['','id'],['evento:UPDATE','id'],['','actor'],['evento:UPDATE','actor'],['modulo:3','status']]) {
 views = mk();
 const v=view(q!,c); views.page(v,{position:500000},200);
 const total = views.count(v,()=>undefined);
 const times:number[]=[];
 for(let i=0;i<400;i++){const a=performance.now(); views.page(v,{position:Math.floor(((i*7919)%1000)/1000*total)},200); times.push(performance.now()-a);}
 times.sort((a,b)=>a-b); console.log(q,c,'min',times[0]!.toFixed(2),'p50',times[200]!.toFixed(2),'p90',times[360]!.toFixed(2),'max',times[399]!.toFixed(2));
}
process.exit(0);
