//! A stand-in node: answers every call with a fixed result under the call's own id, as cheaply as it can.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Starts the node on a free loopback port; its threads live as long as the process.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    stream.set_nodelay(true).expect("nodelay");
    let mut buffer = vec![0; 256 * 1024];
    let (mut filled, mut out) = (0, Vec::new());
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer[filled..]) else {
            return;
        };
        filled += read;
        let Some(whole) = request_length(&buffer[..filled]) else {
            continue;
        };
        if whole > filled {
            continue;
        }
        let head = find(&buffer[..filled], b"\r\n\r\n").expect("a head") + 4;
        answer(&buffer[head..whole], &mut out);
        if stream.write_all(&out).is_err() {
            return;
        }
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
}

/// Bytes of the first request, once its head is complete.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?.to_ascii_lowercase();
    let length = text
        .split("content-length:")
        .nth(1)?
        .split("\r\n")
        .next()?
        .trim()
        .parse::<usize>()
        .ok()?;
    Some(head + length)
}

fn answer(body: &[u8], out: &mut Vec<u8>) {
    let mut replies = Vec::with_capacity(256);
    let mut rest = body;
    while let Some(at) = find(rest, b"\"id\":") {
        let tail = &rest[at + 5..];
        let end = tail
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(tail.len());
        let method = find(tail, b"\"method\":\"").map_or(&b""[..], |at| &tail[at + 10..]);
        replies.extend_from_slice(if replies.is_empty() { b"" } else { b"," });
        replies.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
        replies.extend_from_slice(&tail[..end]);
        replies.extend_from_slice(b",\"result\":\"0x");
        let zeros = if method.starts_with(b"eth_getLogs") {
            32 * 1024
        } else {
            64
        };
        if method.starts_with(b"eth_chainId") {
            replies.extend_from_slice(b"1");
        } else {
            replies.resize(replies.len() + zeros, b'0');
        }
        replies.extend_from_slice(b"\"}");
        rest = &tail[end..];
    }
    let batch = body.first() == Some(&b'[');
    let length = replies.len() + if batch { 2 } else { 0 };
    out.clear();
    write!(
        out,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
    .expect("a Vec");
    out.extend_from_slice(if batch { b"[" } else { b"" });
    out.append(&mut replies);
    out.extend_from_slice(if batch { b"]" } else { b"" });
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
