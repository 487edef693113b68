//! Messages on the wire: a header with the length, then JSON. What is no message is told apart from what ends the input.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// Bytes of a message at most; a longer one is skipped.
const LONGEST: u64 = 64 << 20;
/// Bytes of a line of the header at most.
const LONGEST_LINE: u64 = 4 << 10;

/// What was read.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A value of JSON.
    Message(Value),
    /// Something with a length that is no JSON; what is wrong with it.
    Broken(String),
    /// Something without a length, so that nothing after it can be found; what is wrong with it.
    Lost(String),
    /// Nothing more.
    End,
}

/// Reads what comes next.
pub(super) fn read(input: &mut impl BufRead) -> Incoming {
    match length(input) {
        Ok(None) => Incoming::End,
        Ok(Some(length)) if length > LONGEST => match skip(input, length) {
            Ok(()) => Incoming::Broken(format!("a message of {length} bytes, more than {LONGEST}")),
            Err(_) => Incoming::End,
        },
        Ok(Some(length)) => body(input, length),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Incoming::Lost(error.to_string()),
        Err(_) => Incoming::End,
    }
}

/// Writes a message.
pub(super) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

fn body(input: &mut impl BufRead, length: u64) -> Incoming {
    let mut bytes = vec![];
    match input.take(length).read_to_end(&mut bytes) {
        Ok(read) if read as u64 == length => {}
        Ok(_) | Err(_) => return Incoming::End,
    }
    match serde_json::from_slice(&bytes) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Broken(error.to_string()),
    }
}

/// The length that a header gives; none at the end of the input.
fn length(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = vec![];
        input.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        if !line.ends_with(b"\n") {
            return Err(invalid("a line of a header does not end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            let length = length.ok_or_else(|| invalid("a header without Content-Length"));
            return length.map(Some);
        }
        match line.split_once(':') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("content-length") => {
                let value = value.trim().parse();
                length = Some(value.map_err(|_| invalid("Content-Length is not a number"))?);
            }
            Some(_) => {}
            None => return Err(invalid("a line of a header has no colon")),
        }
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn skip(input: &mut impl BufRead, length: u64) -> io::Result<()> {
    let skipped = io::copy(&mut input.take(length), &mut io::sink())?;
    match skipped == length {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_from_what_is_none() {
        let table: [(&[u8], &str); 11] = [
            (b"", "End"),
            (b"Content-Length: 2\r\n\r\n{}", "Message(Object {})"),
            (b"content-length:2\r\nX: y\r\n\r\n[]", "Message(Array [])"),
            (b"Content-Length: 2\n\n{}", "Message(Object {})"),
            (b"Content-Length: 3\r\n\r\n{}", "End"),
            (
                b"Content-Length: 2\r\n\r\n{a",
                "Broken(\"key must be a string at line 1 column 2\")",
            ),
            (
                b"Content-Length: 3\r\n\r\n\"\xff\"",
                "Broken(\"invalid unicode code point at line 1 column 2\")",
            ),
            (b"\r\n", "Lost(\"a header without Content-Length\")"),
            (
                b"Content-Length: x\r\n\r\n",
                "Lost(\"Content-Length is not a number\")",
            ),
            (b"hello\r\n", "Lost(\"a line of a header has no colon\")"),
            (b"Content-Length: 2", "Lost(\"a line of a header does not end\")"),
        ];
        for (mut bytes, expected) in table {
            assert_eq!(format!("{:?}", read(&mut bytes)), expected);
        }
    }

    #[test]
    fn what_follows_broken_json_is_read() {
        let mut input: &[u8] = b"Content-Length: 1\r\n\r\n{Content-Length: 1\r\n\r\n7";
        assert!(matches!(read(&mut input), Incoming::Broken(_)));
        assert!(matches!(read(&mut input), Incoming::Message(Value::Number(_))));
    }
}
