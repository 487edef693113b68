//! The header of a list. What its author does not say of how the file is read is found out.

use std::path::Path;

use dsl::project::Reading;
use encoding_rs::Encoding;

use super::reader::read_header;
use super::records::Records;
use super::source::Source;
use super::{AudienceError, AudienceProblem};

/// The names of the columns of a list.
pub fn header(folder: &Path, path: &str, reading: &Reading) -> Result<Vec<String>, AudienceError> {
    let path = folder.join(path);
    let source = Source::open(&path, folder);
    let header = source.and_then(|source| header_of(source, reading));
    header.map_err(|problem| AudienceError::new(&path, problem))
}

fn header_of(source: Source, reading: &Reading) -> Result<Vec<String>, AudienceProblem> {
    let stated = reading.encoding.as_deref();
    let source = match stated.and_then(|name| Encoding::for_label(name.as_bytes())) {
        Some(encoding) => source.in_encoding(encoding),
        None => source,
    };
    let lines_before = reading.header_row.map_or(0, |row| row.saturating_sub(1));
    let mut records = Records::stated(source, reading.separator, lines_before)?;
    read_header(&mut records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_in(bytes: &'static [u8], reading: Reading) -> Result<Vec<String>, String> {
        let source = Source::new(Box::new(bytes)).expect("it can be read");
        header_of(source, &reading).map_err(|error| error.to_string())
    }

    #[test]
    fn a_header_is_read_as_its_author_says() {
        let latin = Reading {
            encoding: Some("windows-1252".into()),
            ..Reading::default()
        };
        let names = Ok(vec!["phone".to_owned(), "citt\u{e0}".to_owned()]);
        assert_eq!(header_in(b"phone;citt\xe0\n1;Roma\n", latin), names);
        let third = Reading {
            header_row: Some(3),
            ..Reading::default()
        };
        assert_eq!(
            header_in("People, 2026\n\nphone;citt\u{e0}\n1;Roma\n".as_bytes(), third),
            names
        );
        let bar = Reading {
            separator: Some(b'#'),
            ..Reading::default()
        };
        assert_eq!(header_in("phone#citt\u{e0}\n1#Roma\n".as_bytes(), bar), names);
    }

    #[test]
    fn bytes_that_the_encoding_does_not_have_are_told() {
        let reading = Reading {
            encoding: Some("shift_jis".into()),
            ..Reading::default()
        };
        let error = "line 1 holds bytes that are not Shift_JIS (near byte 8 of the file)".to_owned();
        assert_eq!(header_in(b"phone,\x81\xff\n", reading), Err(error));
    }
}
