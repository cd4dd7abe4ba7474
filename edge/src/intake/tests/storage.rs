use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};

use super::*;

async fn bytes_of(store: &dyn ObjectStore, path: &Path) -> Vec<u8> {
    store.get(path).await.unwrap().bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn small_and_large_files_arrive_whole() {
    let bed = Bed::new();
    for size_bytes in [1, 256 << 10, (256 << 10) + 1, 7_000_000] {
        let body = whole(&[file("file", "a.pdf", "application/pdf", &pdf(size_bytes)[..size_bytes])]);
        let mut intake = bed.native(in_pieces(body, 100_000)).await.unwrap();
        let path = intake.take_file("file").unwrap().stored.unwrap().keep().unwrap();
        assert!(path.as_ref().starts_with("incoming/"));
        assert_eq!(bytes_of(bed.store.as_ref(), &path).await, pdf(size_bytes)[..size_bytes]);
    }
}

#[tokio::test]
async fn a_local_folder_receives_moves_and_forgets() {
    let root = std::env::temp_dir().join(format!("intake-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&root).unwrap();
    let store = Arc::new(LocalFileSystem::new_with_prefix(&root).unwrap());
    let inbox = Inbox::new(store.clone()).with_part_bytes(512 << 10);
    let parts = [
        file("a", "a.pdf", "application/pdf", &pdf(3_000_000)),
        file("b", "b.pdf", "application/pdf", &pdf(100)),
        file("c", "c.pdf", "application/pdf", &pdf(6_000_000)),
    ];
    let body = in_pieces(whole(&parts), 70_000);
    let mut intake = decode(multipart_request(body), &Options::support_form(), Some(&inbox)).await.unwrap();
    let kept = Path::from("support_tickets/a.pdf");
    intake.take_file("a").unwrap().stored.unwrap().move_to(&kept).await.unwrap();
    intake.discard().await;
    assert_eq!(bytes_of(store.as_ref(), &kept).await, pdf(3_000_000));
    assert_eq!(std::fs::read_dir(root.join("incoming")).unwrap().count(), 0);
    std::fs::remove_dir_all(&root).unwrap();
}

#[tokio::test]
async fn a_refused_body_leaves_nothing_behind() {
    let bed = Bed::new();
    let good = file("file", "a.pdf", "application/pdf", &pdf(300_000));
    let half = file("file2", "b.pdf", "application/pdf", &pdf(300_000));
    let cut = [good.clone(), half[..200_000].to_vec()].concat();
    assert!(bed.native(cut).await.is_err());
    assert_eq!(bed.keys().await, [""; 0]);
    assert!(bed.native(whole(&[good, text("a", &"x".repeat(70_000))])).await.is_err());
    assert_eq!(bed.keys().await, [""; 0]);
}

#[tokio::test]
async fn a_dropped_intake_deletes_its_files_in_the_background() {
    let bed = Bed::new();
    drop(bed.native(whole(&[file("file", "a.pdf", "application/pdf", &pdf(20))])).await.unwrap());
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bed.keys().await, [""; 0]);
}

#[tokio::test]
async fn a_store_that_fails_is_our_fault_and_says_nothing_of_itself() {
    let root = std::env::temp_dir().join(format!("intake-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&root).unwrap();
    let store = Arc::new(LocalFileSystem::new_with_prefix(&root).unwrap());
    store.put(&Path::from("incoming"), PutPayload::from_static(b"in the way")).await.unwrap();
    let inbox = Inbox::new(store);
    for size_bytes in [20, 1_000_000] {
        let body = multipart_request(whole(&[file("file", "a.pdf", "application/pdf", &pdf(size_bytes))]));
        let error = decode(body, &Options::support_form(), Some(&inbox)).await.unwrap_err();
        let text = "Sunucu hatası oluştu";
        let answer = both(500, &format!(r#"{{"detail":"{text}"}}"#), &format!(r#"{{"error":"{text}"}}"#));
        assert_eq!(answers(error).await, answer);
    }
    std::fs::remove_dir_all(&root).unwrap();
}
