-- A dead letter of a window that was recorded in part: its member stands in its cohort until the whole of it is recorded.
alter table dead_letter add column in_window integer not null default 0;
