-- Texts that were sent once more, since nobody knew whether the first was taken (`in_doubt: resend`): a row is a submit that
-- was taken, or may have been.
create table resent (
  message_id integer not null,
  attempt    integer not null,
  primary key (message_id, attempt)
) without rowid;

-- Answers to replies are given up too; where the letter goes back to.
alter table dead_letter add column kind integer not null default 0;  -- as in cohort
