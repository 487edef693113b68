//! How dates are written in a list: `DD/MM/YYYY`. `D` and `M` take one digit or two, `HH:MM` and `SS` may follow for times.
//! Without a format only ISO dates are read, since `03/04/2026` is two days.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// Pieces of a format, at most.
const MOST: usize = 12;

/// A format, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    pieces: [Piece; MOST],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Year,
    Month {
        padded: bool,
    },
    Day {
        padded: bool,
    },
    Hour,
    Minute,
    Second,
    /// As it stands.
    Between(char),
    End,
}

impl DateFormat {
    /// None where it is none: it must hold day, month and a year of four digits, each once.
    pub fn parse(text: &str) -> Option<DateFormat> {
        let mut pieces = [Piece::End; MOST];
        let mut free = pieces.iter_mut();
        let mut rest = text.trim();
        let mut hours = false;
        while let Some(first) = rest.chars().next() {
            let length = rest.chars().take_while(|c| *c == first).count();
            let (piece, length) = match (first, length) {
                ('Y', 4) => (Piece::Year, 4),
                ('M', 2) if hours => (Piece::Minute, 2),
                ('M', 1 | 2) => (Piece::Month { padded: length == 2 }, length),
                ('D', 1 | 2) => (Piece::Day { padded: length == 2 }, length),
                ('H', 2) => (Piece::Hour, 2),
                ('S', 2) => (Piece::Second, 2),
                (c, _) if !c.is_alphanumeric() => (Piece::Between(c), c.len_utf8()),
                _ => return None,
            };
            hours |= piece == Piece::Hour;
            *free.next()? = piece;
            rest = &rest[length..];
        }
        let format = DateFormat { pieces };
        format.is_whole().then_some(format)
    }

    fn is_whole(&self) -> bool {
        let count = |wanted: fn(&Piece) -> bool| self.pieces.iter().filter(|piece| wanted(piece)).count();
        let date = [
            count(|piece| matches!(piece, Piece::Year)),
            count(|piece| matches!(piece, Piece::Month { .. })),
            count(|piece| matches!(piece, Piece::Day { .. })),
        ];
        let time = [
            count(|piece| matches!(piece, Piece::Hour)),
            count(|piece| matches!(piece, Piece::Minute)),
        ];
        let seconds = count(|piece| matches!(piece, Piece::Second));
        date == [1; 3] && (time == [1; 2] && seconds <= 1 || time == [0; 2] && seconds == 0)
    }

    /// Whether it has a time of day.
    pub fn has_time(&self) -> bool {
        self.pieces.contains(&Piece::Hour)
    }

    /// The day of a cell; none where it is not written so, or no such day exists.
    pub fn date(&self, cell: &str) -> Option<NaiveDate> {
        self.time(cell).map(|time| time.date())
    }

    /// The day and time of a cell, midnight where the format has no time.
    pub fn time(&self, cell: &str) -> Option<NaiveDateTime> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let (mut hour, mut minute, mut second) = (0, 0, 0);
        let mut rest = cell.trim();
        for piece in &self.pieces {
            match piece {
                Piece::Year => year = digits(&mut rest, 4, 4)?,
                Piece::Month { padded } => month = digits(&mut rest, 1 + usize::from(*padded), 2)?,
                Piece::Day { padded } => day = digits(&mut rest, 1 + usize::from(*padded), 2)?,
                Piece::Hour => hour = digits(&mut rest, 2, 2)?,
                Piece::Minute => minute = digits(&mut rest, 2, 2)?,
                Piece::Second => second = digits(&mut rest, 2, 2)?,
                Piece::Between(c) => rest = rest.strip_prefix(*c)?,
                Piece::End => break,
            }
        }
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let time = NaiveTime::from_hms_opt(hour, minute, second)?;
        rest.is_empty().then_some(date.and_time(time))
    }

    /// The day and time that somebody wrote by hand in this order: `1.3.2026` where the format is `DD/MM/YYYY`.
    pub fn said(&self, text: &str) -> Option<NaiveDateTime> {
        let mut numbers = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|n| !n.is_empty());
        let mut written = String::new();
        for piece in &self.pieces {
            let width = match piece {
                Piece::Year => 4,
                Piece::Month { .. } | Piece::Day { .. } | Piece::Hour | Piece::Minute | Piece::Second => 2,
                Piece::Between(c) => {
                    written.push(*c);
                    continue;
                }
                Piece::End => break,
            };
            let number = numbers
                .next()
                .filter(|n| n.len() <= width && (width == 2 || n.len() == width))?;
            written.push_str(&format!("{number:0>width$}"));
        }
        numbers.next().is_none().then(|| self.time(&written))?
    }

    /// A day and time as cells of this format have them. A format without a time leaves it out.
    pub fn write(&self, at: NaiveDateTime) -> String {
        let padded = |n: u32, padded: bool| format!("{n:0width$}", width = 1 + usize::from(padded));
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Year => format!("{:04}", at.year()),
            Piece::Month { padded: wide } => padded(at.month(), *wide),
            Piece::Day { padded: wide } => padded(at.day(), *wide),
            Piece::Hour => padded(at.hour(), true),
            Piece::Minute => padded(at.minute(), true),
            Piece::Second => padded(at.second(), true),
            Piece::Between(c) => c.to_string(),
            Piece::End => String::new(),
        });
        pieces.collect()
    }
}

/// Takes so many digits off the text.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (taken, after) = rest.split_at_checked(length).filter(|_| length >= least)?;
    *rest = after;
    taken.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::DateFormat;

    #[test]
    fn formats_read_the_dates_that_are_written_so() {
        let table = [
            ("DD/MM/YYYY", "03/04/2026", "2026-04-03 00:00:00"),
            ("MM/DD/YYYY", "03/04/2026", "2026-03-04 00:00:00"),
            ("D.M.YYYY", " 3.12.2026 ", "2026-12-03 00:00:00"),
            ("D.M.YYYY", "03.04.2026", "2026-04-03 00:00:00"),
            ("YYYYMMDD", "20261201", "2026-12-01 00:00:00"),
            ("DD-MM-YYYY HH:MM", "01-12-2026 18:30", "2026-12-01 18:30:00"),
            ("DD/MM/YYYY", "3/4/2026", "none"),
            ("DD/MM/YYYY", "30/02/2026", "none"),
            ("DD/MM/YYYY", "03/04/2026 x", "none"),
            ("DD/MM/YYYY", "2026-04-03", "none"),
            ("DD/MM/YYYY", "", "none"),
            ("DD/MM/YYYY", "è3/04/2026", "none"),
            ("DD/MM/YYYY", "０３/04/2026", "none"),
        ];
        for (format, cell, expected) in table {
            let format = DateFormat::parse(format).expect("a format");
            let shown = format.time(cell).map_or("none".into(), |time| time.to_string());
            assert_eq!(shown, expected, "{cell}");
        }
    }

    #[test]
    fn what_leaves_the_day_open_is_no_format() {
        for text in [
            "",
            "DD/MM",
            "DD/MM/YY",
            "dd/mm/yyyy",
            "YYYY-MM-DD-DD",
            "DD/MM/YYYY HH",
            "DD/MM/YYYY SS",
            "giorno",
        ] {
            assert_eq!(DateFormat::parse(text), None, "{text}");
        }
    }
}
