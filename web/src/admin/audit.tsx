// Who did what from this page.
import { bookingPath, mailPath } from './api';
import { words } from './format';
import { useLive } from './live';
import type { AuditRow } from './types';
import { Card, Empty, Refused, Waiting, When } from './ui';

function Target({ row }: { row: AuditRow }) {
  if (!row.target) return <span class="text-muted">none</span>;
  const own = row.account && row.action.endsWith('_email') ? mailPath({ account: row.account, id: row.target }) : null;
  const to = own ?? (row.account && row.action === 'rebuild' ? bookingPath(row.account, row.target) : null);
  return to ? <a class="break-all" href={to}>{row.target}</a> : <span class="break-all">{row.target}</span>;
}

const detailOf = (detail: unknown): string => (detail === null || detail === undefined ? '' : typeof detail === 'string' ? detail : JSON.stringify(detail));

export function Audit() {
  const { data, refusal } = useLive<AuditRow[]>('audit', 10_000);
  if (refusal) return <Refused refusal={refusal} />;
  if (!data) return <Waiting />;
  return (
    <Card title="Acts" aside={<span class="text-muted">the last 200</span>}>
      {data.length === 0 ? <Empty>Nobody has done anything from this page.</Empty> : (
        <div class="scroller" tabIndex={0} role="region" aria-label="Acts from this page">
          <table class="table">
            <thead><tr>{['When', 'Who', 'What', 'Account', 'On', 'Result'].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>
              {data.map((row, i) => (
                <tr key={`${row.at} ${i}`}>
                  <td><When at={row.at} /></td>
                  <td>{row.actor}</td>
                  <th scope="row">{words(row.action)}</th>
                  <td>{row.account ?? ''}</td>
                  <td><Target row={row} /></td>
                  <td class="break-words">{detailOf(row.detail)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
