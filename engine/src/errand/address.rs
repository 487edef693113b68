//! Where a call may go: to a host that the policy names, at an address that all the world can reach. A private address, or
//! this machine, is reached only where the policy names that very address, or `localhost`: never by a name that leads there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;

/// The host of a URL that calls may go to, in small letters; else why not.
pub fn allowed<'u>(url: &'u Url, hosts: &[String]) -> Result<&'u str, String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("calls go over http and https, not {}", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a user in it is not called".to_owned());
    }
    let host = url.host_str().ok_or("there is no host in the address")?;
    match hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
        true => Ok(host),
        false => Err(format!("{host} is not among the `hosts` of the policy")),
    }
}

/// Whether a host is named by its address, or is this machine by its name: the policy names it as that.
pub fn is_literal(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

/// The addresses of a host, if all of them may be called.
pub fn checked(host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
    let inside = found.iter().find(|address| !is_public(address.ip()));
    match inside {
        Some(address) if !is_literal(host) => Err(format!(
            "{host} leads to {}, which is no address of the internet; if it is meant, `hosts` of the policy names the address",
            address.ip()
        )),
        Some(_) | None if found.is_empty() => Err(format!("{host} has no address")),
        Some(_) | None => Ok(found),
    }
}

/// Whether all the world can reach an address.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// All but what the registry of special addresses keeps for other ends (IANA, RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

/// Global unicast, but what stands for an address of version 4 or for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    let segments = address.segments();
    match segments {
        // What networks without version 4 make of its addresses (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
