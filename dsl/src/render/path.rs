//! Paths for programs: `/` between folders whatever the system, and as the reference of a URI.

/// A path with `/` between folders. `separator` is the system's: elsewhere than on Windows a backslash is a character of
/// a name like any other.
pub fn slashed(path: &str, separator: char) -> String {
    let path = match separator {
        '\\' => path.replace('\\', "/"),
        _ => path.to_owned(),
    };
    match path.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        Some(_) | None => path,
    }
}

/// A path as the reference of a URI, and whether it is relative to the root of the sources.
pub(super) fn uri(path: &str) -> (String, bool) {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    match (path.starts_with('/'), drive) {
        (true, _) => (format!("file://{}", encoded(path)), false),
        (false, true) => (format!("file:///{}:{}", &path[..1], encoded(&path[2..])), false),
        (false, false) => (encoded(path), true),
    }
}

/// RFC 3986: what is not unreserved is percent-encoded, `/` kept.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into());
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
