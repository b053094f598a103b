// The queue is read by the index (account, priority, send_after), one priority at a time, so that neither a
// hundred thousand mails of next week nor a hundred thousand due ones of low priority cost anything.
// PostgreSQL has no skip scan before 18: this CTE steps from one priority that has queued mail to the next.
// `whose` is an SQL expression.
#pragma once

#define CALCOM_STEP_PRIORITIES(whose)                                                          \
  "with recursive step (priority) as ("                                                        \
  " (select q.priority from @extschema@.email_outbox q where q.account = " whose               \
  " and q.state = 'queued'"                                                                    \
  "   order by q.priority limit 1)"                                                            \
  " union all"                                                                                 \
  " select (select q.priority from @extschema@.email_outbox q where q.account = " whose        \
  "           and q.state = 'queued' and q.priority > s.priority order by q.priority limit 1)" \
  "   from step s where s.priority is not null) "
