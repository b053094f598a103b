// Who did what, from this page or by psql.
import { bookingPath, mailPath } from './api';
import { count, words } from './format';
import { useRef, useState } from 'preact/hooks';
import { useLive } from './live';
import type { AuditRow } from './types';
import { Card, Empty, Refused, Waiting, When } from './ui';

function Target({ row }: { row: AuditRow }) {
  if (!row.target) return <span class="text-muted">none</span>;
  const own = row.action.endsWith('_email') ? mailPath({ account: row.account, id: row.target }) : null;
  const to = own ?? (row.action === 'rebuild' ? bookingPath(row.account, row.target) : null);
  return to ? <a class="break-all" href={to}>{row.target}</a> : <span class="break-all">{row.target}</span>;
}

// "was failed, force false"
const detailOf = (detail: AuditRow['detail']): string =>
  Object.entries(detail ?? {}).map(([name, value]) => `${words(name)} ${Array.isArray(value) ? value.join(' ') : typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(', ');

const kMost = 1000;

export function Audit() {
  const [wanted, setWanted] = useState(100);
  // One more than is shown tells whether there are older ones; what was seen stays while more is asked for.
  const { data: newest, refusal } = useLive<AuditRow[]>(`audit?limit=${wanted + 1}`, 10_000);
  const kept = useRef<AuditRow[] | null>(null);
  kept.current = newest ?? kept.current;
  const all = kept.current;
  const data = all && all.slice(0, wanted);
  const more = all !== null && all.length > wanted;
  if (refusal) return <Refused refusal={refusal} />;
  if (!data) return <Waiting />;
  return (
    <Card title="Acts" aside={more && <span class="text-muted">the last {count(data.length)}</span>}>
      {data.length === 0 ? <Empty>Nobody has done anything yet.</Empty> : (
        <div class="scroller" tabIndex={0} role="group" aria-label="Table of acts">
          <table class="table">
            <thead><tr>{['When', 'Who', 'What', 'Account', 'On', 'Detail'].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>
              {data.map((row, i) => (
                <tr key={`${row.at} ${i}`}>
                  <td><When at={row.at} /></td>
                  <td>{row.actor}{row.via && <span class="block text-muted">{row.via}</span>}</td>
                  <th scope="row">{words(row.action)}</th>
                  <td>{row.account === '*' ? 'all' : row.account}</td>
                  <td><Target row={row} /></td>
                  <td class="break-words">{detailOf(row.detail)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more && wanted < kMost && <p class="p-3"><button type="button" class="button w-full" onClick={() => setWanted(Math.min(kMost, wanted * 4))}>Older acts</button></p>}
      {more && wanted >= kMost && <p class="p-4 text-muted">Older ones: <code>SELECT * FROM calcom_audit ORDER BY at DESC;</code></p>}
    </Card>
  );
}
