-- What a launch had come to when somebody resumed it after its last halt; empty: nobody did; `resumed`: it is to be counted.
alter table launch rename column halted_at_tally to halt_tally;

-- The canary of a launch: null where there is none or the others were let in, 0 while its texts go out, else since when
-- it is watched. Until then the others are due so much later that no claim takes them.
alter table launch add column canary integer;

create index skipped_phone on skipped (phone);
