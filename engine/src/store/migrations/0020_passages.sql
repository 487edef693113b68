-- A passage is left out, or a step of it passed over, for itself: another one of the same person that was so too at the same
-- step is counted as well. Of what was kept before nobody knows the run; 0 stands for it.
create table left_out_2 (
  launch_id integer not null,
  phone     integer not null,
  at_row    integer not null,                -- list << 40 | line; 0 when it was found later
  run       integer not null,                -- 0 where it was found in a row
  step      integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (launch_id, phone, at_row, run, step)
) without rowid;
insert into left_out_2 select launch_id, phone, at_row, 0, step, reason, at from left_out;
drop table left_out;
alter table left_out_2 rename to left_out;
create index left_out_phone on left_out (phone);

create table skipped_2 (
  launch_id integer not null,
  phone     integer not null,
  run       integer not null,
  step      integer not null,
  at        integer not null,
  reason    text    not null,
  primary key (launch_id, phone, run, step, at, reason)
) without rowid;
insert into skipped_2 select launch_id, phone, 0, step, at, reason from skipped;
drop table skipped;
alter table skipped_2 rename to skipped;
create index skipped_phone on skipped (phone);
