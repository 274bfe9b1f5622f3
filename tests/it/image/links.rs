//! Tests links to files: who has one gets the file byte for byte, whole or in parts, until it expires
//! or the file goes; nobody else gets anything.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::json;

use super::originals::{NOISE, easel_of, link_in, told_privately};
use crate::harness::{Image, Kind, Thread, World, run_test_on};

const ELSEWHERE: &str = "https://pictures.example.com";
const SERVED: [(&str, &str); 2] = [("LINKS__LISTEN", "127.0.0.1:0"), ("LINKS__PUBLIC_URL", ELSEWHERE)];

/// Returns an address of the bot's own server.
fn here(w: &World, path: &str) -> String {
    let address = w.app().links_at().expect("links are served");
    format!("http://{address}{path}")
}

async fn asks(w: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Client::new().request(method, here(w, path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

/// Sends a path as it is: no client makes it clean first.
async fn raw(w: &World, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = w.app().links_at().expect("links are served");
    let mut socket = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn stored(w: &World, image: &Image) -> PathBuf {
    w.blobs().join("renders").join(image.render().to_string())
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map_or_else(String::new, |value| value.to_str().expect("text").to_owned())
}

/// Drafts a picture that is too large to be attached, and asks for its original. Returns it with the
/// path of the link, and with what is stored.
async fn linked(w: &mut World) -> (Thread, Image, String, Vec<u8>) {
    let thread = w.ana().draft("a red fox", 1).await;
    w.starter(&thread);
    let image = w.image_at(&thread, "explore");
    let (answer, file) = told_privately(w, thread.id, "image original", json!({})).await;
    assert!(file.is_none(), "it is too large: {answer}");
    let url = link_in(&answer).expect("a link");
    let path = url
        .strip_prefix(ELSEWHERE)
        .expect("the address that members reach")
        .to_owned();
    let bytes = std::fs::read(stored(w, &image)).expect("the original");
    (thread, image, path, bytes)
}

async fn story(kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    run_test_on(kind, &SERVED, async |w| {
        w.draw_with(easel_of(NOISE)).await;
        story(w).await;
    })
    .await;
}

async fn a_link_gives_the_file(kind: Kind) {
    story(kind, async |w| {
        let (_, _, path, bytes) = linked(w).await;
        let whole = asks(w, Method::GET, &path, &[]).await;
        assert_eq!(whole.status(), 200);
        let name = path.rsplit('/').next().expect("a name");
        for (name, value) in [
            ("content-type", "image/png"),
            ("content-length", &bytes.len().to_string()),
            ("content-disposition", &format!("attachment; filename=\"{name}\"")),
            ("accept-ranges", "bytes"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-store"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(header(&whole, name), value, "{name}");
        }
        assert!(name.starts_with("a-red-fox-1-1K-"), "{name}");
        let tag = header(&whole, "etag");
        assert_eq!(whole.bytes().await.expect("the file"), bytes, "byte for byte");

        let told = asks(w, Method::HEAD, &path, &[]).await;
        assert_eq!(
            (told.status(), header(&told, "content-length")),
            (reqwest::StatusCode::OK, bytes.len().to_string())
        );

        let half = bytes.len() / 2;
        let first = asks(
            w,
            Method::GET,
            &path,
            &[("range", &format!("bytes=0-{}", half - 1))],
        )
        .await;
        assert_eq!(first.status(), 206);
        assert_eq!(
            header(&first, "content-range"),
            format!("bytes 0-{}/{}", half - 1, bytes.len())
        );
        let mut joined = first.bytes().await.expect("a part").to_vec();
        let rest = format!("bytes={half}-");
        let rest = asks(w, Method::GET, &path, &[("range", &rest), ("if-range", &tag)]).await;
        assert_eq!(rest.status(), 206);
        joined.extend(rest.bytes().await.expect("a part"));
        assert_eq!(joined, bytes, "a load that was cut goes on");

        let other = asks(
            w,
            Method::GET,
            &path,
            &[("range", "bytes=0-1"), ("if-range", "\"other\"")],
        )
        .await;
        assert_eq!(other.status(), 200);
        let behind = format!("bytes={}-", bytes.len());
        let behind = asks(w, Method::GET, &path, &[("range", &behind)]).await;
        assert_eq!(behind.status(), 416);
        assert_eq!(
            header(&behind, "content-range"),
            format!("bytes */{}", bytes.len())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_gives_the_original_byte_for_byte_whole_and_in_parts() {
    a_link_gives_the_file(Kind::Sqlite).await;
    a_link_gives_the_file(Kind::Postgres).await;
}

/// Changes the last digit before a slash.
fn with_another_digit(path: &str, part: usize) -> String {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let digit = parts[part].pop().expect("a digit");
    parts[part].push(if digit == '1' { '2' } else { '1' });
    parts.join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_expired_changed_and_traversing_links_are_refused_without_details() {
    story(Kind::Sqlite, async |w| {
        let (_, _, path, bytes) = linked(w).await;
        let mut others: Vec<(String, u16)> = vec![
            ("/".to_owned(), 404),
            ("/original".to_owned(), 404),
            ("/renders/".to_owned(), 404),
            (format!("{path}/"), 404),
            (format!("/{path}"), 404),
            (path.replace("/original/", "/render/"), 404),
            (path.replace(".png", ".html"), 403),
            (path.replace("a-red-fox", "a-blue-fox"), 403),
            (path.replace("a-red-fox", "..%2f..%2fa-red-fox"), 404),
            (path.replace("/original/", "/original/../original/"), 404),
            (path.replace("/original/", "/./original/"), 404),
            (format!("/..{path}"), 404),
            ("/../../../../etc/passwd".to_owned(), 404),
            ("/..%2f..%2fetc%2fpasswd".to_owned(), 404),
            ("/original/..%00/x".to_owned(), 404),
        ];
        // The guild, the image, the time, the signature.
        others.extend((2..6).map(|part| (with_another_digit(&path, part), 403)));
        let name = path.rsplit('/').next().expect("a name").to_owned();
        for (other, status) in others {
            let answer = raw(w, &other).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{other}: {answer}"
            );
            let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
            assert!(body.len() < 100 && !body.contains(&name), "{other}: {body}");
            assert!(head.contains("nosniff") && head.contains("text/plain"), "{head}");
        }
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = asks(w, method, &path, &[]).await;
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "allow")),
                (405, "GET, HEAD".to_owned())
            );
        }
        let good = asks(w, Method::GET, &path, &[]).await;
        assert_eq!(
            good.bytes().await.expect("the file").len(),
            bytes.len(),
            "it is good all the while"
        );
        w.advance(Duration::from_hours(24));
        let late = asks(w, Method::GET, &path, &[]).await;
        assert_eq!(late.status(), 410);
        assert_eq!(
            late.text().await.expect("a text"),
            "This link has expired. Ask for a new one where it was given.\n"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_its_file_with_the_prompt_that_its_name_has_and_with_the_token() {
    story(Kind::Sqlite, async |w| {
        let (_, image, path, _) = linked(w).await;
        let status = async |w: &World| asks(w, Method::GET, &path, &[]).await.status().as_u16();
        w.restart().await;
        assert_eq!(status(w).await, 200, "a restart ends no link");
        let (file, away) = (stored(w, &image), w.blobs().join("away"));
        std::fs::rename(&file, &away).expect("the original goes");
        assert_eq!(status(w).await, 410);
        std::fs::rename(&away, &file).expect("it comes back");
        assert_eq!(status(w).await, 200);
        w.ana_is_forgotten().await;
        assert_eq!(status(w).await, 410, "its name has words of the prompt");
        let (answer, _) = told_privately(w, image.thread, "image original", json!({})).await;
        let url = link_in(&answer).expect("a link");
        assert!(url.contains("/image-1-1K-"), "{url}");
        let new = url.strip_prefix(ELSEWHERE).expect("the address").to_owned();
        assert_eq!(asks(w, Method::GET, &new, &[]).await.status(), 200);
        w.set("DISCORD__TOKEN", "another");
        w.restart().await;
        assert_eq!(asks(w, Method::GET, &new, &[]).await.status(), 403);
    })
    .await;
}
