//! The URL of a simulated carrier: on this machine, and nowhere else.

use url::{Host, Url};

use super::ScalarError;

/// Reads `http://127.0.0.1:8025`: http, which is all that a simulated carrier speaks, a host that is this machine by its
/// form alone, a port. Gives it back without a slash at its end.
pub fn parse_local_url(text: &str) -> Result<String, ScalarError> {
    let text = text.trim();
    let not_an_url = || ScalarError::NotAnUrl { text: text.into() };
    let url = Url::parse(text).map_err(|_| not_an_url())?;
    let host = url.host().ok_or_else(not_an_url)?;
    let more = !url.username().is_empty()
        || url.password().is_some()
        || url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some();
    if !matches!(url.scheme(), "http" | "https") || more {
        return Err(not_an_url());
    }
    if !is_local(&host) {
        return Err(ScalarError::UrlLeavesMachine {
            host: host.to_string(),
        });
    }
    if url.scheme() == "https" {
        return Err(not_an_url());
    }
    Ok(url.origin().ascii_serialization())
}

/// Other names that lead here, such as `box.localhost`, are the business of whoever resolves them: they do not count.
fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn only_this_machine_is_let_through() {
        let texts = [
            "http://127.0.0.1:8025",
            "http://localhost:8025/",
            "https://[::1]:8025",
            "HTTP://LOCALHOST",
            "http://127.1.2.3:1",
            "http://0.0.0.0:8025",
            "http://192.168.1.7:8025",
            "http://localhost.evil.example",
            "http://box.localhost:8025",
            "http://localhost@evil.example",
            "http://[::ffff:127.0.0.1]:8025",
            "https://api.carrier.example",
            "http://user:secret@127.0.0.1:8025",
            "http://127.0.0.1:8025/v1",
            "http://127.0.0.1:8025?key=1",
            "127.0.0.1:8025",
            "localhost:8025",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "unix:/run/carrier.sock",
            "",
        ];
        let lines = texts.iter().map(|text| match parse_local_url(text) {
            Ok(url) => format!("{text} -> {url}\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        });
        expect![[r#"
            http://127.0.0.1:8025 -> http://127.0.0.1:8025
            http://localhost:8025/ -> http://localhost:8025
            https://[::1]:8025 -> "https://[::1]:8025" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            HTTP://LOCALHOST -> http://localhost
            http://127.1.2.3:1 -> http://127.1.2.3:1
            http://0.0.0.0:8025 -> "0.0.0.0" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://192.168.1.7:8025 -> "192.168.1.7" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://localhost.evil.example -> "localhost.evil.example" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://box.localhost:8025 -> "box.localhost" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://localhost@evil.example -> "http://localhost@evil.example" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://[::ffff:127.0.0.1]:8025 -> "[::ffff:7f00:1]" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            https://api.carrier.example -> "api.carrier.example" is not this machine, and a simulated carrier never leaves it; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://user:secret@127.0.0.1:8025 -> "http://user:secret@127.0.0.1:8025" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://127.0.0.1:8025/v1 -> "http://127.0.0.1:8025/v1" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            http://127.0.0.1:8025?key=1 -> "http://127.0.0.1:8025?key=1" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            127.0.0.1:8025 -> "127.0.0.1:8025" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            localhost:8025 -> "localhost:8025" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            ftp://127.0.0.1 -> "ftp://127.0.0.1" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            file:///etc/passwd -> "file:///etc/passwd" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
            unix:/run/carrier.sock -> "unix:/run/carrier.sock" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
             -> "" is not the URL of a carrier; write scheme, host and port of this machine, and no more: `http://127.0.0.1:8025`, `http://localhost:8025`
        "#]].assert_eq(&lines.collect::<String>());
    }
}
