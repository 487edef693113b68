-- Tags that steps took off, and values that others took the place of: what a person had at a time can be told. What went before
-- this table was there is not in it.
create table person_past (
  phone     integer not null,
  name      text    not null,                -- the tag, or the field
  value     text,                            -- of the field; null: it is a tag
  launch_id integer not null,                -- whose step gave it
  at        integer not null,
  gone_by   integer not null,                -- the launch whose step took it
  gone_at   integer not null
);
create index person_past_phone on person_past (phone);
