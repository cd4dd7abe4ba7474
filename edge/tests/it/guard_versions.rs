//! Versions of the API: in the path, in a header, in the answer.

use crate::desk::{Desk, FORM};

const UNSUPPORTED: &str = r#"400 {"error":"Desteklenmeyen API sürümü"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_route_has_its_version_in_the_path_as_well() {
    let desk = Desk::new().await;
    let answer = desk.call("POST", "/api/v1/support/tickets/").form(&FORM).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-api-version")), (201, Some("1")));
    let answer = desk.call("POST", "/api/v1/tickets").send().await;
    assert_eq!(answer.seen(), desk.call("POST", "/api/tickets").send().await.seen());
    let (versioned, plain) =
        (desk.get("/api/v1/support/").send().await, desk.get("/api/support/").send().await);
    assert_eq!(versioned.seen(), plain.seen());
    assert_eq!(desk.get("/api/v1/docs/openapi.json").send().await.status, 200);
    assert_eq!(desk.tickets().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_there_is_not_is_refused_wherever_it_is_named() {
    let desk = Desk::new().await;
    for path in ["/api/v2/support/", "/api/v0/support/", "/api/v2"] {
        assert_eq!(desk.get(path).send().await.seen(), UNSUPPORTED, "{path}");
    }
    for header in ["accept-version", "x-api-version"] {
        let get = |path: &str, version: &str| desk.get(path).header(header, version).send();
        assert_eq!(get("/api/support/", "1").await.status, 200);
        assert_eq!(get("/api/v1/support/", "1").await.status, 200);
        assert_eq!(get("/api/support/", "2").await.seen(), UNSUPPORTED);
        assert_eq!(get("/api/support/", "bir").await.seen(), UNSUPPORTED);
        // Header and path disagree.
        assert_eq!(get("/api/v1/support/", "2").await.seen(), UNSUPPORTED);
        assert_eq!(get("/api/v2/support/", "1").await.seen(), UNSUPPORTED);
        assert_eq!(get("/health/live", "2").await.status, 200);
    }
    let refused = desk.call("POST", "/api/v2/support/tickets").form(&FORM).send().await;
    assert_eq!((refused.seen().as_str(), refused.header("x-api-version")), (UNSUPPORTED, Some("1")));
    desk.assert_untouched().await;
}
