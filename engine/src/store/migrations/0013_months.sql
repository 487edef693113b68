-- What the texts of a campaign cost in a month of its calendar, in millionths of its budget's currency. A month is counted from
-- the year 0.
create table month_spent (
  campaign text    not null,
  month    integer not null,
  reserved integer not null,
  primary key (campaign, month)
) without rowid;

-- The budget of a launch is for each month, and shared with the others of its campaign.
alter table launch add column per_month integer not null default 0;
