-- What a launch had come to when it was halted; empty: it never was.
alter table launch add column halted_at_tally text not null default '';
