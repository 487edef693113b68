-- The store of a project. Instants are milliseconds since 1970, UTC. Phones are E.164 numbers as integers.

create table meta (
  key   text primary key,
  value blob not null
) without rowid;

-- A campaign at one content, with all that is needed to make it again (JSON).
create table revision (
  id         text primary key,
  source     text not null,
  created_at integer not null
) without rowid;

create table launch (
  id            integer primary key,
  campaign      text    not null,
  occurrence    text    not null,
  revision      text    not null references revision (id),
  state         integer not null,            -- 0 building, 1 running, 2 paused, 3 cancelled, 4 done
  created_at    integer not null,
  starts_at     integer not null,
  ended_at      integer,
  suppressed_to integer not null,            -- the plan joined the suppressions up to this change
  runs          integer not null default 0,
  budget        integer,                     -- millionths of the budget's currency; null: none
  reserved      integer not null default 0,  -- the same, of texts that were taken or may have been
  summary       text    not null,            -- the plan, JSON
  tariffs       text    not null,            -- price per part by country, JSON; message.tariff is an index
  unique (campaign, occurrence)
);

-- About 1,000 enrolments at one step, due together.
create table cohort (
  id          integer primary key,           -- < 2^51, the low 8 bits are a shard's
  launch_id   integer not null,
  run         integer not null,              -- 2^20 rows of the audience, sorted
  kind        integer not null,              -- 0 passage, 1 answer to a reply
  step        integer not null,
  visit       integer not null,
  turn        integer not null default 0,    -- 0 their first try there, 1 one more, 2 the provider is asked about the last
  due_at      integer not null,
  state       integer not null default 0,    -- 0 ready, 1 done, 2 set aside: processes ended with it
  n           integer not null check (n between 1 and 4096),
  done        integer not null default 0,
  intent_to   integer not null default 0,
  lease_until integer not null default 0,
  fence       integer not null default 0,
  claims      integer not null default 0,    -- claims since its last record: processes that ended with it
  route       integer not null default 0,    -- whom its intent goes to: 0 the sender's provider, then those of `then`
  phone_lo    integer not null,              -- members are ordered by phone
  phone_hi    integer not null,
  sender      text    not null,
  time_class  text    not null,
  check (0 <= done and done <= intent_to and intent_to <= n)
);
create index cohort_due on cohort (launch_id, sender, due_at, id) where state = 0;
create index cohort_answer on cohort (launch_id, sender, due_at, id) where state = 0 and kind = 1;
create index cohort_find on cohort (launch_id, run, phone_lo) where state = 0;

-- Apart, since an update of a row writes the whole row anew.
create table cohort_members (
  id      integer primary key,
  members blob not null
);

-- A member that left its cohort before the cohort came to it.
create table departure (
  cohort_id integer not null,
  member    integer not null,
  primary key (cohort_id, member)
) without rowid;

-- Launch, step, kind and sender of a message are those of the cohort `id >> 12`.
create table message (
  id        integer primary key,             -- cohort << 12 | member
  phone     integer not null default 0,      -- 0: a receipt came before the answer was recorded
  language  integer not null default 0,
  tariff    integer,
  state     integer not null,                -- 0 attempting, 1 unknown, 2 rejected, 3 accepted, 4 expired, 5 undelivered, 6 delivered
  parts     integer not null default 0,
  attempts  integer not null default 0,
  window_id integer not null default 0,
  sent_at   integer not null default 0,      -- when the last answer was recorded
  state_at  integer not null,
  reason    text
);

-- Messages that were given up, with the member as it stood, so that a person can have them tried again.
create table dead_letter (
  id         integer primary key,            -- the message
  launch_id  integer not null,
  run        integer not null,
  step       integer not null,
  visit      integer not null,
  sender     text    not null,
  time_class text    not null,
  phone      integer not null,
  member     blob    not null,
  reason     text    not null,
  at         integer not null
);
create index dead_letter_launch on dead_letter (launch_id, id);

-- What stands still until somebody looks: a sender, an account, a cohort.
create table alarm (
  subject  text primary key,                 -- `sender NAME`, `provider NAME`, `launch ID`, `cohort ID`
  reason   text    not null,
  since    integer not null,
  retry_at integer                           -- when it is tried again by itself
) without rowid;

-- What a window rendered, compressed.
create table window_text (
  id    integer primary key,
  texts blob not null
);

-- The last messages to a person, by run of a launch.
create table person (
  key     integer primary key,               -- a number of launch and run << 50 | phone
  last    integer not null,
  earlier text    not null default ''        -- ids before that, newest first, with spaces between
);

create table suppression (
  phone     integer primary key,
  seq       integer not null,                -- grows with every change
  reason    text    not null,
  at        integer not null,
  launch_id integer,
  evidence  text    not null
);
create index suppression_seq on suppression (seq);

-- Receipts and inbound texts as they came, until they are folded: a row is what was received together, a JSON array,
-- compressed.
create table inbox (
  id          integer primary key,
  received_at integer not null,
  provider    text    not null,
  body        blob    not null
);

create table reply (
  id          integer primary key,
  provider    text    not null,
  provider_id text    not null,
  phone       integer not null,
  sender      text    not null,
  text        text    not null,
  received_at integer not null,
  launch_id   integer,
  meaning     text    not null,              -- opt-out, contains-opt-out, other
  inbox       text    not null,
  unique (provider, provider_id)
);
create index reply_launch on reply (launch_id);
create index reply_phone on reply (phone);

-- Who got no text, and why.
create table left_out (
  launch_id integer not null,
  phone     integer not null,
  at_row    integer not null,                -- list << 40 | line; 0 when it was found later
  step      integer not null,
  reason    text    not null,
  at        integer not null,
  primary key (launch_id, phone, at_row, step)
) without rowid;
create index left_out_phone on left_out (phone);
