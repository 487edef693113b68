-- When the members of a cohort's intent were free to go: of a text whose answer a crash took away it is the best that is
-- known of its time.
alter table cohort add column intended_at integer not null default 0;
update cohort set intended_at = due_at where intent_to > done;
