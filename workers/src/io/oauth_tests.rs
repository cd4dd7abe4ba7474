//! A token endpoint on this machine.

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Answers one request; gives back what was asked.
async fn endpoint(status: &'static str, body: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        while !asked.contains("refresh_token=") || !asked.contains("client_secret=") {
            let mut piece = vec![0; 4096];
            let length = stream.read(&mut piece).await.unwrap();
            asked.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        }
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        asked
    });
    (url, asked)
}

fn grant(token_url: String) -> Grant {
    Grant {
        token_url,
        client_id: "uygulama".into(),
        client_secret: Some("gizli&=".to_owned().into()),
        refresh_token: "eski jeton".to_owned().into(),
    }
}

#[tokio::test]
async fn a_refresh_token_becomes_an_access_token_and_perhaps_another_refresh_token() {
    let (url, asked) =
        endpoint("200 OK", r#"{"access_token":"yeni","refresh_token":"sonraki","expires_in":3599}"#).await;
    let tokens = exchange(&grant(url), None).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "yeni");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "sonraki");
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("POST /token HTTP/1.1\r\n"), "{asked}");
    assert!(asked.ends_with(
        "grant_type=refresh_token&client_id=uygulama&refresh_token=eski+jeton&client_secret=gizli%26%3D"
    ));
}

#[tokio::test]
async fn a_grant_that_was_taken_back_wants_a_person_and_a_broken_server_only_time() {
    let (url, _asked) =
        endpoint("400 Bad Request", r#"{"error":"invalid_grant","error_description":"gizli"}"#).await;
    let refused = exchange(&grant(url), None).await.unwrap_err();
    assert!(matches!(&refused, OAuthError::Reauthorise(code) if code == "invalid_grant"));
    let (url, _asked) = endpoint("503 Busy", "<html>").await;
    assert!(matches!(exchange(&grant(url), None).await, Err(OAuthError::Unreachable(_))));
}

#[tokio::test]
async fn no_token_is_sent_in_the_open() {
    for url in ["http://posta.test/token", "ftp://127.0.0.1/", "token", ""] {
        assert!(
            matches!(exchange(&grant(url.to_owned()), None).await, Err(OAuthError::Unreachable(_))),
            "{url}"
        );
    }
}
