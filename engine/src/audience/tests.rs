use std::fs;

use dsl::project::Reading;
use expect_test::{Expect, expect};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::source::Source;
use super::*;

fn reader(bytes: &[u8]) -> Result<ListReader, AudienceProblem> {
    let source = Source::new(Box::new(std::io::Cursor::new(bytes.to_vec())))?;
    ListReader::new(Path::new("list.csv"), source)
}

/// Everything that is in a file, or the error.
fn all(bytes: &[u8]) -> Result<(ListReader, Chunk), String> {
    let failed = |problem: AudienceProblem| {
        let error = AudienceError::new(Path::new("list.csv"), problem);
        format!("{error}; {}", error.help())
    };
    let mut reader = reader(bytes).map_err(failed)?;
    let mut chunk = Chunk::default();
    loop {
        let more = reader.next_chunk(3).map_err(|error| failed(error.problem))?;
        if more.is_empty() {
            return Ok((reader, chunk));
        }
        chunk.rows.extend(more.rows);
        chunk.bad.extend(more.bad);
    }
}

fn check(bytes: impl AsRef<[u8]>, expected: Expect) {
    let (reader, chunk) = match all(bytes.as_ref()) {
        Ok(read) => read,
        Err(message) => return expected.assert_eq(&message),
    };
    let mut shown = format!(
        "{} {:?} {:?}\n",
        reader.encoding(),
        reader.separator(),
        reader.header()
    );
    for row in chunk.rows {
        shown += &format!(
            "{} line {}: {:?}\n",
            row.number,
            row.line,
            row.cells.iter().collect::<Vec<_>>()
        );
    }
    for bad in chunk.bad {
        shown += &format!(
            "{} line {}: {} ({})\n",
            bad.number, bad.line, bad.reason, bad.text
        );
    }
    expected.assert_eq(&shown);
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn byte_order_mark_is_no_part_of_the_header() {
    check(
        "\u{feff}phone,name\r\n+393331234567,Anna\r\n",
        expect![[r#"
        UTF-8 ',' ["phone", "name"]
        1 line 2: ["+393331234567", "Anna"]
    "#]],
    );
    check(
        "\u{feff}\"phone\",name\r\n+393331234567,Anna\r\n",
        expect![[r#"
        UTF-8 ',' ["phone", "name"]
        1 line 2: ["+393331234567", "Anna"]
    "#]],
    );
}

#[test]
fn utf16_is_read_by_its_mark() {
    check(
        utf16("phone\tname\r\n+39333\tZoë 😀\r\n", false),
        expect![[r#"
        UTF-16LE '\t' ["phone", "name"]
        1 line 2: ["+39333", "Zoë 😀"]
    "#]],
    );
    check(
        utf16("phone\tname\r\n+39333\tZoë 😀\r\n", true),
        expect![[r#"
        UTF-16BE '\t' ["phone", "name"]
        1 line 2: ["+39333", "Zoë 😀"]
    "#]],
    );
    let mut broken = utf16("phone\tname\r\n+39333\tZoë\r\n", false);
    broken.truncate(broken.len() - 1);
    check(
        broken,
        expect![[
            r#"list.csv: line 2 holds bytes that are not UTF-16 (near byte 49 of the file); save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8")"#
        ]],
    );
}

#[test]
fn semicolons_and_line_breaks_in_quotes_keep_the_lines_right() {
    check(
        "phone;name;note\r\n+393331234567;\"Rossi\r\nMario\";\"a;b\"\r\n+393331234568;Bo;x\r\n",
        expect![[r#"
            UTF-8 ';' ["phone", "name", "note"]
            1 line 2: ["+393331234567", "Rossi\r\nMario", "a;b"]
            2 line 4: ["+393331234568", "Bo", "x"]
        "#]],
    );
    check(
        "phone,name\n1,\"a\nb\n\"\n\n\r\n2,c\n\"3\n\",d\n4",
        expect![[r#"
        UTF-8 ',' ["phone", "name"]
        1 line 2: ["1", "a\nb\n"]
        2 line 7: ["2", "c"]
        3 line 8: ["3\n", "d"]
        4 line 10: 1 cell where the header has 2 (4)
    "#]],
    );
    check(
        "phone,name\r1,a\r2,b\r",
        expect![[r#"
        UTF-8 ',' ["phone", "name"]
        1 line 1: ["1", "a"]
        2 line 1: ["2", "b"]
    "#]],
    );
}

#[test]
fn doubled_header_is_an_error_with_both_columns() {
    let list = ListFile::at("list.csv");
    for header in ["phone,name,phone", " Phone ,name,phone"] {
        let reader =
            reader(format!("{header}\n+393331234567,Anna,+393331234568\n").as_bytes()).expect("a header");
        let error = columns(&reader, &list).expect_err("a doubled header").to_string();
        let name = header.split(',').next().unwrap_or_default().trim();
        assert_eq!(
            error,
            format!("list.csv: column \"{name}\" appears twice (columns 1 and 3)")
        );
    }
}

#[test]
fn row_with_a_nul_is_left_out_and_named() {
    let mut text = String::from("phone,name\n");
    for row in 1..=1_000 {
        let name = if row == 500 { "An\0na" } else { "Anna" };
        text += &format!("+39333{row:07},{name}\n");
    }
    let byte = text.find('\0').expect("it stands there");
    let (_, chunk) = all(text.as_bytes()).expect("a list");
    assert_eq!(chunk.rows.len(), 999);
    let bad = &chunk.bad[..];
    let right = BadRow {
        number: 500,
        line: 501,
        reason: BadRowReason::Nul {
            line: 501,
            byte: byte as u64,
        },
        text: "+393330000500,An\\u{0}na".into(),
    };
    assert_eq!(bad, [right]);
    assert_eq!(
        bad[0].reason.to_string(),
        format!("a NUL in line 501, byte {byte} of the file")
    );
}

#[test]
fn rows_that_cannot_be_read_are_left_out_and_named() {
    let long = "x".repeat(MOST_CELL + 1);
    check(
        format!("phone,name\n1,a\n2\n3,b,c\n\n,,\n  ,\n4,\"d\n\0\"\n5,{long}\n6,e\n"),
        expect![[r#"
            UTF-8 ',' ["phone", "name"]
            1 line 2: ["1", "a"]
            6 line 11: ["6", "e"]
            2 line 3: 1 cell where the header has 2 (2)
            3 line 4: 3 cells where the header has 2 (3,b,c)
            4 line 8: a NUL in line 9, byte 36 of the file (4,d\n\u{0})
            5 line 10: the cell of column 2 is longer than 64 KiB (5,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…)
        "#]],
    );
}

#[test]
fn unclosed_quote_names_the_line_where_it_opens() {
    check(
        "phone,name\n1,a\n2,\"b\n3,c\n4,d\n",
        expect![[
            r#"list.csv: the quote that opens in line 3 is never closed; close it, and write a quote inside a quoted cell twice: `"the ""Arena"""`"#
        ]],
    );
    check(
        "phone,name\n1,\"a\nb\",\"c\n3,d",
        expect![[
            r#"list.csv: the quote that opens in line 3 is never closed; close it, and write a quote inside a quoted cell twice: `"the ""Arena"""`"#
        ]],
    );
    check(
        "phone,name\n1,\"",
        expect![[
            r#"list.csv: the quote that opens in line 2 is never closed; close it, and write a quote inside a quoted cell twice: `"the ""Arena"""`"#
        ]],
    );
    let rows = "3,some more text of a row\n".repeat(50_000);
    check(
        format!("phone,name\n1,a\n2,\"b\n{rows}"),
        expect![
            "list.csv: the row of line 3 is longer than 1024 KiB; is a quote that opens in line 3 never closed?"
        ],
    );
}

#[test]
fn other_encodings_are_an_error_with_the_place() {
    check(
        b"phone,name\n1,Zo\xeb\n",
        expect![[
            r#"list.csv: line 2 holds bytes that are not UTF-8 (byte 15 of the file); save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8"), or convert it: `iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv`"#
        ]],
    );
    check(
        b"phone,name\n1,Zo\xc3",
        expect![[
            r#"list.csv: line 2 holds bytes that are not UTF-8 (byte 15 of the file); save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8"), or convert it: `iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv`"#
        ]],
    );
    let mut late = b"phone,name\n".to_vec();
    late.extend("1,Zoë\n".repeat(50_000).bytes());
    late.extend(b"2,caf\xe9\n");
    check(
        late,
        expect![[
            r#"list.csv: line 50002 holds bytes that are not UTF-8 (byte 350016 of the file); save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8"), or convert it: `iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv`"#
        ]],
    );
    check(
        b"p\0h\0o\0n\0e\0\n\0",
        expect![[
            r#"list.csv: the header holds NUL bytes (the first is byte 1 of the file); save the file as UTF-8 (in a spreadsheet program: "CSV UTF-8")"#
        ]],
    );
    check(
        b"PK\x03\x04\x14\0",
        expect![[
            r#"list.csv: this is a workbook of a spreadsheet program, not CSV; save the sheet as "CSV UTF-8""#
        ]],
    );
}

#[test]
fn header_alone_is_an_empty_list_and_nothing_is_an_error() {
    check(
        "phone,name",
        expect![[r#"
        UTF-8 ',' ["phone", "name"]
    "#]],
    );
    check(
        "\n\nphone\n",
        expect![[r#"
        UTF-8 ',' ["phone"]
    "#]],
    );
    check(
        "",
        expect![
            "list.csv: the file is empty, without even a header; the first row names the columns: `phone,first_name`"
        ],
    );
    check(
        "\u{feff}\n \n,,\n",
        expect![
            "list.csv: the file is empty, without even a header; the first row names the columns: `phone,first_name`"
        ],
    );
}

#[test]
fn separator_may_be_declared_and_may_be_unclear() {
    check(
        "sep=;\r\nphone;name\r\n1;a,b\r\n",
        expect![[r#"
        UTF-8 ';' ["phone", "name"]
        1 line 3: ["1", "a,b"]
    "#]],
    );
    check(
        "phone;name,x\n",
        expect![[
            r#"list.csv: it is unclear what separates the cells: "," or ";"; put names that hold one of these characters in quotes, so that one separator is left"#
        ]],
    );
    check(
        format!("a{}\n", ",a".repeat(2_000)),
        expect![
            "list.csv: line 1 has more than 1024 cells; leave out columns that no text or condition uses"
        ],
    );
}

#[test]
fn paths_that_are_no_list_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let shown = |name: &str| {
        header(path, name, &Reading::default())
            .expect_err("no list")
            .problem
            .to_string()
    };
    assert_eq!(shown("none.csv"), "there is no such file");
    assert_eq!(shown("."), "this is not a file");
    fs::write(path.join("list.csv"), "phone, name \n1,a\n").expect("a file");
    assert_eq!(
        header(path, "list.csv", &Reading::default()).expect("a list"),
        ["phone", "name"]
    );
    assert_eq!(
        open(path, "list.csv").expect("a list").path(),
        path.join("list.csv")
    );
    let missing = header(path, "none.csv", &Reading::default())
        .expect_err("no list")
        .to_string();
    assert!(missing.starts_with(&path.join("none.csv").display().to_string()));
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_of_the_project_only() {
    let (folder, outside) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let path = folder.path();
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, path.join(name)).expect("a link");
    for place in [path, outside.path()] {
        fs::write(place.join("list.csv"), "phone\n1\n").expect("a file");
    }
    link(&path.join("list.csv"), "inside.csv");
    link(&outside.path().join("list.csv"), "out.csv");
    link(outside.path(), "folder");
    link(Path::new("/dev/zero"), "endless.csv");
    let shown = |name: &str| match header(path, name, &Reading::default()) {
        Ok(header) => header.join(","),
        Err(error) => error.problem.to_string(),
    };
    assert_eq!(shown("inside.csv"), "phone");
    assert_eq!(shown("endless.csv"), "this is not a file");
    for name in ["out.csv", "folder/list.csv"] {
        assert_eq!(
            shown(name),
            "this is a link that leads out of the project",
            "{name}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        cells in proptest::collection::vec(("[a-z0-9 ,;\"\n\rëé😀]{0,6}", "[a-z,\"\n]{0,4}"), 0..20),
        big in any::<bool>(),
        wide in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(vec![]);
        writer.write_record(["phone", "name", "end"]).expect("memory");
        for (a, b) in &cells {
            writer.write_record([a, b, "."]).expect("memory");
        }
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("text");
        let bytes = if wide { utf16(&text, big) } else { text.clone().into_bytes() };
        let (_, chunk) = all(&bytes).expect("a list");
        prop_assert!(chunk.bad.is_empty());
        let read: Vec<_> = chunk.rows.iter().map(|r| (r.cells[0].to_owned(), r.cells[1].to_owned())).collect();
        prop_assert_eq!(&read, &cells);
        let mut line = 2;
        for row in &chunk.rows {
            prop_assert_eq!(row.line, line);
            line += 1 + row.cells.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        }
    }

    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = all(&bytes);
    }

    #[test]
    fn any_broken_csv_is_a_list_or_an_error(text in "[a\",;\n\r\u{0}ë|\t]{0,40}") {
        let _ = all(format!("phone,name\n{text}").as_bytes());
    }

    #[test]
    fn where_blocks_end_does_not_matter(text in "[a\",;\n\r\u{0}ë😀]{0,60}", wide in any::<bool>(), size in 32_usize..48) {
        let text = format!("phone,name\n{text}");
        let bytes = if wide { utf16(&text, false) } else { text.into_bytes() };
        let whole = all(&bytes).map(|(_, chunk)| chunk);
        let source = Source::in_blocks(Box::new(std::io::Cursor::new(bytes)), size).expect("text");
        let reader = ListReader::new(Path::new("list.csv"), source);
        let pieces = reader.map_err(|_| ()).and_then(|mut r| r.next_chunk(1_000).map_err(|_| ()));
        prop_assert_eq!(pieces, whole.map_err(|_| ()));
    }
}
