// One mail as its recipient sees it. Its HTML is somebody else's text: it comes from an address of its own whose
// policy allows nothing, into a frame that may run nothing and reach nothing.
import { useState } from 'preact/hooks';
import { ActButton } from './acts';
import { bookingPath, path } from './api';
import { sentence, words } from './format';
import { Icon } from './icons';
import { useLive } from './live';
import { fateOf, mayCancel, mayRetry, subjectOf } from './mailwords';
import type { FullMail, Mail } from './types';
import { Command, CopyButton, Refused, StateBadge, Tabs, ToneIcon, Waiting, When } from './ui';

function Actions({ mail }: { mail: Mail }) {
  const values = { account: mail.account, id: mail.id };
  if (!mayRetry(mail) && !mayCancel(mail)) return null;
  const risky = mail.in_doubt;
  return (
    <div class="flex flex-wrap gap-2">
      {mayRetry(mail) && (
        <ActButton<unknown>
          name="retry_email" values={{ ...values, even_if_uncertain: risky }} done={() => 'The mail is queued again.'}
          confirm={{
            title: 'Send this mail again?',
            text: <p>It is rendered again and queued for {mail.recipient}. Before sending, the worker checks that it is still true.</p>,
            button: 'Retry',
            ...(risky ? { word: 'It may have been sent already. I looked at Resend, or a second copy is fine.' } : {}),
          }}
        >
          <Icon name="refresh" /> Retry
        </ActButton>
      )}
      {mayCancel(mail) && (
        <ActButton<unknown>
          name="cancel_email" values={values} class="button-warn" done={() => 'The mail is cancelled.'}
          confirm={{ title: 'Cancel this mail?', text: <p>{sentence(words(mail.kind))} to {mail.recipient} is not sent.</p>, button: 'Cancel the mail', danger: true }}
        >
          <Icon name="close" /> Cancel
        </ActButton>
      )}
    </div>
  );
}

function Frame({ mail }: { mail: FullMail }) {
  const [narrow, setNarrow] = useState(false);
  return (
    <>
      <div class="frame-width" role="group" aria-label="Width">
        {[['600 px', false], ['360 px', true]].map(([label, value]) => (
          <button key={String(label)} type="button" class="button button-small" aria-pressed={narrow === value} onClick={() => setNarrow(value as boolean)}>
            {label}
          </button>
        ))}
      </div>
      <div class="frame-box">
        <iframe
          class={`frame ${narrow ? 'frame-narrow' : ''}`} title={`The mail “${subjectOf(mail)}”`} sandbox="" referrerpolicy="no-referrer"
          src={`/admin/api/mails/${path(mail.account, mail.id)}/html`}
        />
      </div>
    </>
  );
}

// Our steps and Resend's events, in the order of time.
function History({ mail }: { mail: FullMail }) {
  const steps = [...mail.history, ...mail.events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <ol class="line">
      {steps.map((row, i) => (
        <li key={i}><When at={row.at} /><div class="min-w-0"><b>{sentence(words(row.what))}</b>{row.detail && <p class="break-words">{row.detail}</p>}</div></li>
      ))}
    </ol>
  );
}

function Panel({ mail, tab }: { mail: FullMail; tab: string }) {
  if (tab === 'text') return <pre class="letter">{mail.text}</pre>;
  if (tab === 'history') return <History mail={mail} />;
  const file = mail.attachments[Number(tab.replace('file-', ''))];
  if (tab.startsWith('file-') && file) {
    return file.text === null ? <p class="empty">{file.content_type} is not shown here.</p> : <pre class="letter">{file.text}</pre>;
  }
  return <Frame mail={mail} />;
}

function Content({ mail }: { mail: FullMail }) {
  const [chosen, choose] = useState('html');
  const tabs = [
    ...(mail.html_url ? [{ id: 'html', label: 'HTML' }] : []),
    ...(mail.text !== null ? [{ id: 'text', label: 'Text' }] : []),
    ...mail.attachments.map((file, i) => ({ id: `file-${i}`, label: file.filename })),
    ...(mail.history.length > 0 ? [{ id: 'history', label: 'History' }] : []),
  ];
  if (tabs.length === 0) return <p class="empty">It is written when it is about to leave.</p>;
  const tab = tabs.find(({ id }) => id === chosen)?.id ?? tabs[0]!.id;
  return (
    <>
      <Tabs label="Parts of the mail" tabs={tabs} chosen={tab} choose={choose} />
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} class="tab-panel" tabIndex={0}>
        <Panel key={tab} mail={mail} tab={tab} />
      </div>
    </>
  );
}

function Fate({ mail }: { mail: Mail }) {
  const fate = fateOf(mail);
  return (
    <div class={`fate fate-${fate.tone}`}>
      <ToneIcon tone={fate.tone} />
      <div class="min-w-0 grow">
        <p>{fate.text}</p>
        {fate.command && (
          <details class="more-inline">
            <summary>How to send mail from now on</summary>
            <p class="text-muted">This one stays captured. With sender and key set, mails made after this command leave:</p>
            <Command text={fate.command} label="the command that goes live" />
          </details>
        )}
      </div>
    </div>
  );
}

export function Reading({ account, id, level = 2 }: { account: string; id: string; level?: 2 | 3 }) {
  const { data: mail, refusal } = useLive<FullMail>(`mails/${path(account, id)}`);
  if (refusal) return <Refused refusal={refusal} />;
  if (!mail) return <Waiting />;
  const Heading = `h${level}` as const;
  return (
    <article class="reading" aria-labelledby="reading-title">
      <header class="reading-head">
        <div class="flex flex-wrap items-start gap-3">
          <Heading id="reading-title" tabIndex={-1}>{subjectOf(mail)}</Heading>
          <Actions mail={mail} />
        </div>
        <dl class="envelope">
          <div><dt>From</dt><dd>{mail.from || <span class="text-muted">{mail.html_url ? 'no sender is set yet' : 'not written yet'}</span>}</dd></div>
          <div><dt>To</dt><dd>{mail.recipient}</dd></div>
          <div>
            <dt>When</dt>
            <dd>
              {mail.sent_at ? <>sent <When at={mail.sent_at} /></> : <>made <When at={mail.created_at} /></>}
              {!mail.sent_at && mail.state === 'queued' && mail.send_after && <>, leaves <When at={mail.send_after} relative /></>}
            </dd>
          </div>
          <div>
            <dt>What</dt>
            <dd class="flex flex-wrap items-center gap-2">
              <StateBadge state={mail.state} />
              {mail.delivery_status && mail.delivery_status !== mail.state && <StateBadge state={mail.delivery_status} />}
              {sentence(words(mail.kind))} of <a href={bookingPath(mail.account, mail.booking_uid)}>booking {mail.booking_uid}</a>
              <CopyButton text={mail.id} what="id" label="of the mail" />
            </dd>
          </div>
        </dl>
        <Fate mail={mail} />
      </header>
      <Content key={mail.id} mail={mail} />
    </article>
  );
}
