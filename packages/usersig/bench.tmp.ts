import { verify, prepareKey, sign, parseTicket } from './src/usersig.ts'
import { HMAC_KEY, V2_VECTORS, CLOCK } from './test/vectors.ts'
import { inflateInto } from './src/inflate.ts'
const one = [{ id: 'k', kind: 'hmac', key: HMAC_KEY }] as const
const five = [1,2,3,4].map(i=>({ id: 'k'+i, kind: 'hmac' as const, key: prepareKey(HMAC_KEY+i) })).concat([{id:'k',kind:'hmac' as const,key:prepareKey(HMAC_KEY)}])
function time(name: string, f: () => unknown, n = 200000) {
  for (let i = 0; i < 20000; i++) f()
  const best = []
  for (let r = 0; r < 5; r++) { const t = performance.now(); for (let i = 0; i < n; i++) f(); best.push((performance.now() - t) * 1000 / n) }
  best.sort((a,b)=>a-b)
  console.log(name.padEnd(50), 'best', best[0]!.toFixed(2), 'median', best[2]!.toFixed(2), 'us')
}
for (const v of V2_VECTORS) time('verify, 1 key: ' + v.name, () => verify(v.ticket, { userId: v.userId, sdkAppId: 1400000001, keys: one, now: CLOCK }), 50000)
const v=V2_VECTORS[0]!
time('verify, 5 keys: V1', () => verify(v.ticket, { userId: v.userId, sdkAppId: 1400000001, keys: five, now: CLOCK }))
time('wrong user', () => verify(v.ticket, { userId: 'bob', sdkAppId: 1400000001, keys: five, now: CLOCK }))
const t = sign({ userId: 'alice', sdkAppId: 1400000001, key: HMAC_KEY, now: 1700000000 })
time('verify own', () => verify(t, { userId: 'alice', sdkAppId: 1400000001, keys: one, now: CLOCK }))
time('sign', () => sign({ userId: 'alice', sdkAppId: 1400000001, key: HMAC_KEY, now: 1700000000 }), 20000)
// worst case: dynamic blocks with nothing in them
import { deflateSync } from 'node:zlib'
const block = deflateSync(new Uint8Array(0), {level:9})
// craft: many dynamic blocks by bit writer: header literal 257 codes: only 256 with len1 -> minimal
class B { b:number[]=[0x78,0x9c]; v=0;n=0; w(x:number,c:number){for(let i=0;i<c;i++){this.v|=((x>>i)&1)<<this.n; if(++this.n===8){this.b.push(this.v);this.v=0;this.n=0}}} }
const bw=new B()
while(bw.b.length<6100){ bw.w(0,1);bw.w(2,2);bw.w(0,5);bw.w(0,5);bw.w(14,4)
 // code lengths order 16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1 (18 entries): give 18->1, 1->1
 const o=[16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1]; for(const s of o) bw.w(s===18||s===1?1:0,3)
 // canonical: 1 -> code 0, 18 -> code 1.  138 zeros + 118 zeros, then len1 for 256, then len1 distance
 bw.w(1,1);bw.w(127,7); bw.w(1,1);bw.w(107,7); bw.w(0,1); bw.w(0,1)
 bw.w(0,1) // EOB
}
const out=new Uint8Array(16384)
console.log(inflateInto(Uint8Array.from(bw.b), bw.b.length, out))
const bytes=Uint8Array.from(bw.b)
time('worst inflate', ()=>inflateInto(bytes, bytes.length, out), 50)
