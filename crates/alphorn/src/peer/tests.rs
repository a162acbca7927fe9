//! Networks and forwarded addresses.

use std::net::IpAddr;

use http::HeaderMap;

use super::{client_address, parse_network};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn networks_contain_their_addresses_only() {
    let ten = parse_network("10.0.0.0/8").unwrap();
    assert!(ten.contains(ip("10.200.3.4")));
    assert!(ten.contains(ip("::ffff:10.1.1.1")));
    assert!(!ten.contains(ip("11.0.0.1")));
    assert!(!ten.contains(ip("::1")));
    assert!(parse_network("0.0.0.0/0").unwrap().contains(ip("192.0.2.1")));
    assert!(parse_network("::1").unwrap().contains(ip("::1")));
    assert!(!parse_network("::1").unwrap().contains(ip("::2")));
}

#[test]
fn nonsense_is_no_network() {
    for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/-1", "10.0.0.0/"] {
        assert!(parse_network(text).is_err(), "{text}");
    }
}

#[test]
fn only_trusted_proxies_are_believed() {
    let trusted = [parse_network("127.0.0.0/8").unwrap(), parse_network("10.0.0.0/8").unwrap()];
    let mut headers = HeaderMap::new();
    headers.append("x-forwarded-for", "6.6.6.6, 198.51.100.7".parse().unwrap());
    headers.append("x-forwarded-for", "10.0.0.9".parse().unwrap());
    assert_eq!(client_address(ip("127.0.0.1"), &headers, &trusted), ip("198.51.100.7"));
    assert_eq!(client_address(ip("203.0.113.5"), &headers, &trusted), ip("203.0.113.5"));
    let mut nonsense = HeaderMap::new();
    nonsense.append("x-forwarded-for", "198.51.100.7, unknown".parse().unwrap());
    assert_eq!(client_address(ip("127.0.0.1"), &nonsense, &trusted), ip("127.0.0.1"));
}
