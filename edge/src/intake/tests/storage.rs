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
        // Only a large one goes to the store before anybody asked for it.
        assert_eq!(bed.keys().await.len(), usize::from(size_bytes > 256 << 10));
        let path = Path::from(format!("kept/{size_bytes}"));
        intake.take_file("file").unwrap().stored.unwrap().move_to(&path).await.unwrap();
        assert_eq!(bytes_of(bed.store.as_ref(), &path).await, pdf(size_bytes)[..size_bytes]);
        bed.store.delete(&path).await.unwrap();
    }
}

#[tokio::test]
async fn a_local_folder_receives_small_files_under_their_own_names_and_never_over_another() {
    let root = std::env::temp_dir().join(format!("intake-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&root).unwrap();
    let store = Arc::new(LocalFileSystem::new_with_prefix(&root).unwrap());
    let inbox = Inbox::in_folder(store.clone());
    let kept = Path::from("support_tickets/bir site/a.pdf");
    let take = async |size_bytes| {
        let body = multipart_request(whole(&[file("a", "a.pdf", "application/pdf", &pdf(size_bytes))]));
        let mut intake = decode(body, &Options::support_form(), Some(&inbox)).await.unwrap();
        intake.take_file("a").unwrap().stored.unwrap().move_to(&kept).await
    };
    take(70_000).await.unwrap();
    assert!(take(20).await.is_err());
    assert_eq!(bytes_of(store.as_ref(), &kept).await, pdf(70_000));
    let files = |folder: &str| std::fs::read_dir(root.join(folder)).into_iter().flatten().count();
    assert_eq!((files("support_tickets/bir site"), files("incoming")), (1, 0));
    std::fs::remove_dir_all(&root).unwrap();
}

#[tokio::test]
async fn files_that_find_no_room_in_memory_arrive_all_the_same_and_leave_their_room_behind() {
    let bed = Bed::new();
    let mut held = Vec::new();
    for n in 0..70 {
        let mut intake =
            bed.native(whole(&[file("file", "a.pdf", "application/pdf", &pdf(n + 20))])).await.unwrap();
        held.push((n, intake.take_file("file").unwrap().stored.unwrap()));
    }
    assert_eq!(bed.keys().await.len(), 6, "what memory did not hold");
    for (n, stored) in held {
        let path = Path::from(format!("kept/{n}"));
        stored.move_to(&path).await.unwrap();
        assert_eq!(bytes_of(bed.store.as_ref(), &path).await, pdf(n + 20));
    }
    drop(bed.native(whole(&[file("file", "a.pdf", "application/pdf", &pdf(20))])).await.unwrap());
    assert_eq!(bed.keys().await.len(), 70, "there is room again");
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
    for name in ["incoming", "kept"] {
        store.put(&Path::from(name), PutPayload::from_static(b"in the way")).await.unwrap();
    }
    let send =
        |size_bytes| multipart_request(whole(&[file("file", "a.pdf", "application/pdf", &pdf(size_bytes))]));
    let inbox = Inbox::in_folder(store);
    let error = decode(send(1_000_000), &Options::support_form(), Some(&inbox)).await.unwrap_err();
    let text = "Sunucu hatası oluştu";
    let answer = both(500, &format!(r#"{{"detail":"{text}"}}"#), &format!(r#"{{"error":"{text}"}}"#));
    assert_eq!(answers(error).await, answer);
    let mut small = decode(send(20), &Options::support_form(), Some(&inbox)).await.unwrap();
    let stored = small.take_file("file").unwrap().stored.unwrap();
    assert!(stored.move_to(&Path::from("kept/a.pdf")).await.is_err());
    std::fs::remove_dir_all(&root).unwrap();
}
