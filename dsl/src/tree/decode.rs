//! Bytes to text: UTF-8 only, a byte-order mark skipped, no file larger than a campaign can sensibly be.

use crate::diagnostic::Diagnostic;

/// Bytes a file may have at most: 1 MiB.
pub const LARGEST_FILE: usize = 1 << 20;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a file, without its byte-order mark; line breaks stay as they are. Errors: `file-too-large` and
/// `not-utf8`, whose spans are bytes of the file as given.
#[expect(
    clippy::result_large_err,
    reason = "once a file, and the caller shows it at once"
)]
pub fn decode_text(bytes: &[u8]) -> Result<String, Diagnostic> {
    if bytes.len() > LARGEST_FILE {
        let message = format!("the file has more than {LARGEST_FILE} bytes");
        return Err(Diagnostic::error("file-too-large", 0..0, message)
            .help("lists of people belong in files of their own, which the campaign, or crier.yaml under `lists`, names by their path"));
    }
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let skipped = bytes.len() - text.len();
    match std::str::from_utf8(text) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(not_utf8(bytes, skipped + error.valid_up_to())),
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let found = bytes.get(at).map_or(0, |b| *b);
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let help = match wide {
        true => "it looks like UTF-16: save it as UTF-8",
        false => "save it as UTF-8; it may be Windows-1252 or Latin-1 now",
    };
    let message = format!("the file is not UTF-8: byte 0x{found:02X} at offset {at}, line {line}");
    Diagnostic::error("not-utf8", at..at, message).help(help)
}
