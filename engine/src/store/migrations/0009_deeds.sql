-- Calls that passages make: written in the commit that moves the person, made after it, under a key that is made of the id.
create table errand (
  id         integer primary key autoincrement,
  launch_id  integer not null,
  phone      integer not null,
  run        integer,                        -- where somebody waits for the answer
  step       integer,
  visit      integer,
  request    text    not null,               -- JSON
  state      integer not null default 0,     -- to do, done, given up
  attempts   integer not null default 0,     -- begun so often
  due_at     integer not null,
  give_up_at integer not null,
  written_at integer not null,
  ended_at   integer,
  said       text                            -- what was said last
);
create index errand_due on errand (due_at) where state = 0;
create index errand_phone on errand (phone);
create index errand_launch on errand (launch_id);

-- Texts of ours for people at a desk.
create table notice (
  id        integer primary key,
  launch_id integer not null,
  phone     integer not null,                -- whose passage told it
  inbox     text    not null,
  text      text    not null,
  at        integer not null
);
create index notice_phone on notice (phone);

-- Who is on which list that is kept here.
create table list_member (
  list  text    not null,
  phone integer not null,
  since integer not null,
  primary key (list, phone)
) without rowid;
create index list_member_phone on list_member (phone);

-- Who joined and left: what somebody agreed to, and how, stays known.
create table list_change (
  id         integer primary key,
  list       text    not null,
  phone      integer not null,
  joined     integer not null,               -- 1 joined, 0 left
  how        text    not null,               -- step, keyword, opt-out
  at         integer not null,
  launch_id  integer,                        -- whose step it was, or whose text was answered
  said       text,                           -- the words of the person
  message_id integer                         -- the text that they answer
);
create index list_change_phone on list_change (phone);

-- Who sent the word of a list, and was asked whether that is meant.
create table list_asked (
  list  text    not null,
  phone integer not null,
  at    integer not null,
  said  text    not null,
  primary key (list, phone)
) without rowid;
