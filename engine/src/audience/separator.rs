//! What separates the cells of a file, by how its header and first rows divide.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::AudienceProblem;

/// What may separate cells.
pub(super) const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows after the header that are looked at.
const ROWS: usize = 20;

/// The separator of a file that begins with `sample`, which may end within a row unless it is `whole`. What divides no
/// header is none; of several, the one by which most rows have as many cells as the header. A file of one column has none,
/// and a comma does no harm.
///
/// With the core of a reader of it, unread: to build one takes as long as to read a header.
pub(super) fn separator(sample: &[u8], whole: bool) -> Result<(u8, Reader), AudienceProblem> {
    let mut dividing: Vec<(u8, usize, Reader)> = vec![];
    // What does not occur divides nothing, and a reader of cells costs more than the look.
    for candidate in CANDIDATES.into_iter().filter(|c| sample.contains(c)) {
        let mut core = reader(candidate);
        let counts = cell_counts(sample, whole, &mut core);
        if let Some((header, rows)) = counts.split_first().filter(|(header, _)| **header > 1) {
            let fitting = rows.iter().filter(|cells| *cells == header).count();
            dividing.push((candidate, fitting, core));
        }
    }
    let most = dividing.iter().map(|(_, fitting, _)| *fitting).max();
    dividing.retain(|(_, fitting, _)| Some(*fitting) == most);
    if dividing.len() > 1 {
        let candidates = dividing.iter().map(|(c, ..)| char::from(*c)).collect();
        return Err(AudienceProblem::SeparatorUnclear { candidates });
    }
    Ok(match dividing.pop() {
        None => (b',', reader(b',')),
        Some((one, _, mut core)) => {
            core.reset();
            (one, core)
        }
    })
}

/// The core of a reader of cells separated so.
pub(super) fn reader(separator: u8) -> Reader {
    ReaderBuilder::new().delimiter(separator).build()
}

/// The cells of the header and of the first rows.
fn cell_counts(sample: &[u8], whole: bool, core: &mut Reader) -> Vec<usize> {
    let (mut counts, mut cells, mut rest) = (vec![], 0, sample);
    let mut end: &[u8] = if whole { b"\n" } else { b"" };
    // Only how many cells there are is asked, so what they hold is overwritten.
    let (mut text, mut ends) = ([0; 4096], [0; 64]);
    while counts.len() <= ROWS {
        let (result, read, _, found) = core.read_record(rest, &mut text, &mut ends);
        rest = &rest[read..];
        cells += found;
        match result {
            ReadRecordResult::Record => counts.push(std::mem::take(&mut cells)),
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {}
            ReadRecordResult::InputEmpty if !end.is_empty() => rest = std::mem::take(&mut end),
            ReadRecordResult::InputEmpty | ReadRecordResult::End => break,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sample: &str) -> Result<char, String> {
        separator(sample.as_bytes(), true)
            .map(|(found, _)| char::from(found))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn separator_is_what_divides_header_and_rows() {
        for (sample, right) in [
            ("phone,name\n1,a\n", ','),
            ("phone;name\n1;a, b\n2;c\n", ';'),
            ("phone\tname\n1\ta;b\n", '\t'),
            ("phone|name\n1|a", '|'),
            ("\"phone;x\",name\n1,a\n", ','),
            ("name;note, long\na;b\nc;d, e, f\n", ';'),
            ("phone\n1\n2\n", ','),
            ("phone;name;note\r\n1;\"Rossi\r\nMario, x\";\"a;b\"\r\n", ';'),
            ("a;b\n1;2;3\n", ';'),
            ("", ','),
        ] {
            assert_eq!(found(sample), Ok(right), "{sample:?}");
        }
    }

    #[test]
    fn several_that_fit_alike_are_unclear() {
        let unclear = Err("it is unclear what separates the cells: \",\" or \";\"".into());
        assert_eq!(found("a;b,c\n"), unclear);
        assert_eq!(found("a,b;c\n1,2;3\n"), unclear);
    }

    #[test]
    fn a_row_cut_off_by_the_end_of_the_sample_does_not_count() {
        let counts = |whole| cell_counts(b"a,b,c\n1,2", whole, &mut reader(b','));
        assert_eq!(counts(false), [3]);
        assert_eq!(counts(true), [3, 2]);
    }

    #[test]
    fn wide_headers_are_counted_whole() {
        let header = vec!["column"; 1_000].join(";");
        assert_eq!(
            cell_counts(format!("{header}\n").as_bytes(), true, &mut reader(b';')),
            [1_000]
        );
    }
}
