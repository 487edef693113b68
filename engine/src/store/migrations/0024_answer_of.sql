-- Whom an answer that another launch sends is about: the passage of a launch that is not executed.
create table answer_of (
  cohort_id integer primary key,
  launch_id integer not null,
  run       integer not null
);
